//! `POST /oauth/token`: a code or a refresh token for a pair of tokens. For programs: JSON, without session and
//! cross-site protection, which have nothing to protect here.
//!
//! Source: RFC 6749, sections 2.3.1, 4.1.3, 5 and 6.

use axum::Json;
use axum::extract::{RawForm, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::super::Site;
use super::super::error::PageError;
use super::super::limits;
use crate::flows::link_account::request::SCOPE;
use crate::flows::link_account::{ACCESS_LIVES, Grant, exchange};
use crate::store::StoreError;

/// The answer where it works.
#[derive(Serialize)]
struct Pair {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: String,
    scope: String,
}

/// Why it does not.
#[derive(Debug)]
enum Refusal {
    /// Nobody we know. `by_header`: told so in the header that was used.
    InvalidClient { by_header: bool },
    /// A word of section 5.2 and what it is about.
    Word(&'static str, &'static str),
    /// Later; how long to wait.
    Later(StatusCode, u64),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        tracing::error!(%error, "a token could not be given");
        Refusal::Later(StatusCode::SERVICE_UNAVAILABLE, 5)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = |error: &str, description: &str| {
            Json(serde_json::json!({ "error": error, "error_description": description }))
        };
        match self {
            Refusal::InvalidClient { by_header } => {
                let body = said("invalid_client", "unknown client, or a wrong secret");
                let mut response = (StatusCode::UNAUTHORIZED, body).into_response();
                if by_header {
                    let challenge = HeaderValue::from_static("Basic realm=\"account linking\"");
                    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                }
                response
            }
            Refusal::Word(error, description) => (StatusCode::BAD_REQUEST, said(error, description)).into_response(),
            Refusal::Later(status, seconds) => {
                let body = said("temporarily_unavailable", "try again later");
                (status, [(RETRY_AFTER, seconds.to_string())], body).into_response()
            }
        }
    }
}

/// Answers 200 with the pair, or what section 5.2 says; 404 where the shop has no skill.
pub async fn token(
    State(site): State<Site>,
    limits::Client(address): limits::Client,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    let wait = |error: PageError| match error {
        PageError::TooMany(wait) => Refusal::Later(StatusCode::TOO_MANY_REQUESTS, wait.as_secs().max(1)),
        _ => Refusal::Later(StatusCode::SERVICE_UNAVAILABLE, 5),
    };
    let answered = match site.shop.limits().token(address) {
        Ok(()) => answer(&site, &headers, &form).await,
        Err(error) => Err(wait(error)),
    };
    let answered = match answered {
        // guessing is as slow as it is for passwords
        Err(refusal @ (Refusal::InvalidClient { .. } | Refusal::Word("invalid_grant", _))) => {
            Err(site.shop.limits().refused_token(address).map_or_else(wait, |()| refusal))
        }
        other => other,
    };
    let mut response = match answered {
        Ok(Some(pair)) => Json(pair).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal.into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

async fn answer(site: &Site, headers: &HeaderMap, form: &[u8]) -> Result<Option<Pair>, Refusal> {
    let Some(client) = site.ctx.linking.as_deref() else { return Ok(None) };
    let fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
    let is_twice = |name: &str| fields.iter().filter(|(known, _)| known == name).count() > 1;
    if fields.iter().any(|(name, _)| is_twice(name)) {
        return Err(Refusal::Word("invalid_request", "a parameter stands there twice"));
    }
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let by_header = headers.contains_key(AUTHORIZATION);
    let (id, secret) = match by_header {
        true if !field("client_secret").is_empty() => {
            return Err(Refusal::Word("invalid_request", "the client proves itself in two ways"));
        }
        true => basic(headers).ok_or(Refusal::InvalidClient { by_header })?,
        false => (field("client_id").to_owned(), field("client_secret").to_owned()),
    };
    if !client.is(&id, &secret) {
        return Err(Refusal::InvalidClient { by_header });
    }
    let needed = |name: &'static str, missing| match field(name) {
        "" => Err(Refusal::Word("invalid_request", missing)),
        value => Ok(value),
    };
    let grant = match field("grant_type") {
        "authorization_code" => Grant::Code {
            code: needed("code", "code is missing")?,
            redirect_uri: needed("redirect_uri", "redirect_uri is missing")?,
            code_verifier: needed("code_verifier", "code_verifier is missing")?,
        },
        "refresh_token" if !matches!(field("scope"), "" | SCOPE) => {
            return Err(Refusal::Word("invalid_scope", "the only scope is orders"));
        }
        "refresh_token" => Grant::Refresh { token: needed("refresh_token", "refresh_token is missing")? },
        "" => return Err(Refusal::Word("invalid_request", "grant_type is missing")),
        _ => return Err(Refusal::Word("unsupported_grant_type", "authorization_code or refresh_token")),
    };
    match exchange(&site.ctx, client, grant).await? {
        Some(tokens) => Ok(Some(Pair {
            access_token: tokens.access.reveal().to_owned(),
            token_type: "Bearer",
            expires_in: ACCESS_LIVES.as_secs(),
            refresh_token: tokens.refresh.reveal().to_owned(),
            scope: tokens.scope,
        })),
        None => Err(Refusal::Word("invalid_grant", "unknown, expired, used, or meant for somebody else")),
    }
}

/// `Basic`, each half form-encoded as section 2.3.1 says.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let line = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |half: &str| {
        let half = half.replace('+', " ");
        percent_encoding::percent_decode_str(&half).decode_utf8().ok().map(|half| half.into_owned())
    };
    Some((plain(id)?, plain(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_proves_itself_in_the_header_each_half_encoded() {
        let of = |line: &str| basic(&HeaderMap::from_iter([(AUTHORIZATION, line.parse().unwrap())]));
        let line = format!("Basic {}", STANDARD.encode("alexa%3A1:a+b%2Bc"));
        assert_eq!(of(&line), Some(("alexa:1".to_owned(), "a b+c".to_owned())));
        for bad in ["Bearer abc", "Basic", "Basic ???", &format!("Basic {}", STANDARD.encode("alexa"))] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
