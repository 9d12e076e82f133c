//! How often one address, or one account, may try things that cost us or that guess secrets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::PageError;

/// The most a form of text may weigh.
pub const FORM_LIMIT: usize = 64 * 1024;

/// The most keys remembered per limit; idle ones are dropped when there are more.
const MOST_KEYS: usize = 50_000;

/// One act and how often it may be tried.
struct Limit {
    tries: DefaultKeyedRateLimiter<String>,
}

impl Limit {
    /// `burst` at once, and one more after every `pause`.
    fn new(burst: u32, pause: Duration) -> Limit {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(pause).unwrap_or(Quota::per_second(burst)).allow_burst(burst);
        Limit { tries: RateLimiter::keyed(quota) }
    }

    fn take(&self, key: &str) -> Result<(), PageError> {
        if self.tries.len() > MOST_KEYS {
            self.tries.retain_recent();
        }
        self.tries
            .check_key(&key.to_owned())
            .map_err(|until| PageError::TooMany(until.wait_time_from(DefaultClock::default().now())))
    }
}

/// All limits of a shop.
pub struct Limits {
    trusted_proxy: Option<IpAddr>,
    sign_in_by_address: Limit,
    sign_in_by_email: Limit,
    letter_by_address: Limit,
    letter_by_email: Limit,
    checkout: Limit,
    token: Limit,
    notifications: Limit,
}

impl Limits {
    /// Fresh limits. `trusted_proxy` is whose `X-Forwarded-For` is believed.
    pub fn new(trusted_proxy: Option<IpAddr>) -> Limits {
        Limits {
            trusted_proxy,
            sign_in_by_address: Limit::new(30, Duration::from_secs(4)),
            sign_in_by_email: Limit::new(10, Duration::from_secs(30)),
            letter_by_address: Limit::new(10, Duration::from_secs(60)),
            letter_by_email: Limit::new(3, Duration::from_secs(10 * 60)),
            checkout: Limit::new(120, Duration::from_millis(500)),
            token: Limit::new(600, Duration::from_millis(50)),
            notifications: Limit::new(2000, Duration::from_millis(10)),
        }
    }

    /// A try to sign in or up. The address and the account count apart: one machine cannot try many
    /// accounts, and many machines cannot try one.
    pub fn sign_in(&self, client: IpAddr, email: &str) -> Result<(), PageError> {
        self.sign_in_by_address.take(&client.to_string())?;
        self.sign_in_by_email.take(&email.trim().to_lowercase())
    }

    /// A wish for a letter to `email`.
    pub fn letter(&self, client: IpAddr, email: &str) -> Result<(), PageError> {
        self.letter_by_address.take(&client.to_string())?;
        self.letter_by_email.take(&email.trim().to_lowercase())
    }

    /// A checkout that is posted.
    pub fn checkout(&self, client: IpAddr) -> Result<(), PageError> {
        self.checkout.take(&client.to_string())
    }

    /// A code or token that is exchanged: by one client for many people, so often.
    pub fn token(&self, client: IpAddr) -> Result<(), PageError> {
        self.token.take(&client.to_string())
    }

    /// One that was refused, which counts like a wrong password.
    pub fn refused_token(&self, client: IpAddr) -> Result<(), PageError> {
        self.sign_in_by_address.take(&client.to_string())
    }

    /// Who is asking: the connection's other end, or what the trusted proxy says.
    pub fn client(&self, parts: &Parts) -> IpAddr {
        self.client_of(&parts.extensions, &parts.headers)
    }

    fn client_of(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = peer(extensions).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if self.trusted_proxy != Some(peer) {
            return peer;
        }
        let last_hop = headers.get_all("x-forwarded-for").iter().next_back();
        last_hop
            .and_then(|line| line.to_str().ok())
            .and_then(|line| line.rsplit(',').next()?.trim().parse().ok())
            .unwrap_or(peer)
    }

    /// Lets a notification through, or asks the provider in plain words to come again later.
    pub async fn pass_notification(&self, request: Request, next: Next) -> Response {
        let client = self.client_of(request.extensions(), request.headers());
        match self.notifications.take(&client.to_string()) {
            Ok(()) => next.run(request).await,
            Err(PageError::TooMany(wait)) => {
                let wait = wait.as_secs().max(1).to_string();
                (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, wait)], "too many, please send it again later\n")
                    .into_response()
            }
            Err(other) => other.into_response(),
        }
    }
}

/// The other end of the connection, where the server told us.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// Who is asking, for handlers that count tries.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl axum::extract::FromRequestParts<super::Site> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &super::Site) -> Result<Client, Self::Rejection> {
        Ok(Client(site.shop.limits().client(parts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_one_account_from_many_machines_is_slowed_down() {
        let limits = Limits::new(None);
        let from = |n: u8| IpAddr::V4(Ipv4Addr::new(10, 0, 0, n));
        for n in 0..10 {
            assert!(limits.sign_in(from(n), "ana@example.com").is_ok(), "{n}");
        }
        assert!(matches!(limits.sign_in(from(11), "Ana@Example.com "), Err(PageError::TooMany(_))));
        assert!(limits.sign_in(from(11), "ben@example.com").is_ok());
    }

    #[test]
    fn only_the_trusted_proxy_may_say_who_is_asking() {
        let limits = Limits::new(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "6.6.6.6, 9.9.9.9".parse().unwrap())]);
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        assert_eq!(limits.client_of(&extensions, &headers), IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)));
        extensions.insert(ConnectInfo(SocketAddr::from(([8, 8, 8, 8], 1))));
        assert_eq!(limits.client_of(&extensions, &headers), IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)));
    }
}
