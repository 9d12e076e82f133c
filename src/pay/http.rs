//! The one HTTP client through which the shop calls payment providers.
//!
//! It knows addresses and bytes, and no provider: it follows no redirect, keeps no cookie, asks no
//! proxy and never repeats a call by itself, because only the caller knows whether a second one is
//! safe. What it logs holds no query and no body: signatures and access keys travel there.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use url::{Host, Url};

use crate::base::crash;

/// How long a call may take in all. A slow authorisation may take 30 s; leases of operations last 60 s.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(35);

/// How long the provider may take to accept the connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer that is read: 1 MiB. A longer one is no answer.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// The header in which Amazon Pay names a call.
const REQUEST_ID: &str = "x-amz-pay-request-id";

/// The shared client. Clones share connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: reqwest::Client,
}

/// What came back, whatever it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status. 3xx too: redirects are not followed.
    pub status: u16,
    /// The whole body.
    pub body: String,
    /// The provider's own name for the call, where its headers say it: for support.
    pub request_id: Option<String>,
    /// Where a 3xx leads. Nobody follows it.
    pub location: Option<String>,
}

/// A call with headers of its own, already signed.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What the log and the crash points call it: `amazon_pay CreateCharge`.
    pub name: &'a str,
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: &'a str,
    /// The whole address, its query already encoded.
    pub address: &'a str,
    /// Names and values.
    pub headers: &'a [(String, String)],
    /// The body; nothing is sent where it is empty.
    pub body: &'a str,
}

/// Nothing came back, or nothing that can be read: the call may or may not have done its work.
/// The text is for the log and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Silence(pub String);

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// The extra root is not PEM.
    #[error("the extra root certificate is not a PEM file with certificates")]
    BadRoot,
    /// TLS could not be set up, for example because the system has no roots.
    #[error("cannot set up the HTTP client: {0}")]
    Tls(String),
}

impl Client {
    /// A client that trusts the system's roots and, where given, the certificates in `extra_root_pem`
    /// (the sandbox's own root).
    pub fn new(extra_root_pem: Option<&[u8]>) -> Result<Client, NoClient> {
        let mut builder = reqwest::Client::builder()
            .timeout(TOTAL_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(concat!("pushcart/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = extra_root_pem {
            let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| NoClient::BadRoot)?;
            if roots.is_empty() {
                return Err(NoClient::BadRoot);
            }
            builder = builder.tls_certs_merge(roots);
        }
        let inner = builder.build().map_err(|why| NoClient::Tls(describe(&why)))?;
        Ok(Client { inner })
    }

    /// Asks for `address`, whose query is already encoded and signed. `name` is what the log and the
    /// crash points call it: `fps Pay`.
    pub async fn get(&self, name: &str, address: &str) -> Result<Reply, Silence> {
        let url = allowed(address)?;
        self.call(name, &url, self.inner.get(url.clone())).await
    }

    /// Posts `form`, already encoded and signed, to `address`.
    pub async fn post_form(&self, name: &str, address: &str, form: String) -> Result<Reply, Silence> {
        let url = allowed(address)?;
        let request = self
            .inner
            .post(url.clone())
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(form);
        self.call(name, &url, request).await
    }

    /// Sends `ask` as it stands.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Reply, Silence> {
        let url = allowed(ask.address)?;
        let method = reqwest::Method::from_bytes(ask.method.as_bytes())
            .map_err(|_| Silence(format!("not sent: {} is not a method", ask.method)))?;
        let mut request = self.inner.request(method, url.clone());
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if !ask.body.is_empty() {
            request = request.body(ask.body.to_owned());
        }
        self.call(ask.name, &url, request).await
    }

    async fn call(&self, name: &str, url: &Url, request: reqwest::RequestBuilder) -> Result<Reply, Silence> {
        let started = Instant::now();
        let host = url.host_str().unwrap_or_default();
        crash::point(&format!("call:{name} before sending"));
        let heard = exchange(name, request).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &heard {
            Ok(reply) => tracing::info!(call = name, host, duration_ms, status = reply.status, "called {name}"),
            Err(why) => tracing::warn!(call = name, host, duration_ms, %why, "no answer to {name}"),
        }
        heard
    }
}

async fn exchange(name: &str, request: reqwest::RequestBuilder) -> Result<Reply, Silence> {
    let mut response = request.send().await.map_err(silence)?;
    crash::point(&format!("call:{name} worked, answer not read"));
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (request_id, location) = (header(REQUEST_ID), header("location"));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(silence)? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Silence(format!("HTTP {status} with an answer of more than {LARGEST_BODY} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    crash::point(&format!("call:{name} answered, not recorded"));
    let body =
        String::from_utf8(body).map_err(|_| Silence(format!("HTTP {status} with an answer that is not UTF-8")))?;
    Ok(Reply { status, body, request_id, location })
}

/// Plain HTTP stays on this machine: anything else would send signatures and tokens in the clear.
fn allowed(address: &str) -> Result<Url, Silence> {
    let url = Url::parse(address).map_err(|_| Silence("not sent: that is not an address".to_owned()))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        scheme => {
            let host = url.host_str().unwrap_or_default();
            Err(Silence(format!("not sent: {scheme} to {host} is refused, only https leaves this machine")))
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn silence(why: reqwest::Error) -> Silence {
    Silence(describe(&why))
}

/// The error and its causes, without the address: its query holds a signature.
fn describe(why: &reqwest::Error) -> String {
    let what = match why {
        _ if why.is_connect() => "cannot connect",
        _ if why.is_timeout() => "timed out",
        _ if why.is_body() || why.is_decode() => "the answer broke off",
        _ => "the call failed",
    };
    let mut text = what.to_owned();
    let mut cause = std::error::Error::source(why);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A server that answers one connection with `answer`, as it stands.
    async fn server(answer: Vec<u8>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/?Signature=s3cret", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(&answer).await;
        });
        address
    }

    fn answer(head: &str, body: &str) -> Vec<u8> {
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
    }

    #[tokio::test]
    async fn an_answer_comes_back_whatever_its_status() {
        let client = Client::new(None).unwrap();
        let address = server(answer("400 Bad Request", "<Response/>")).await;
        let reply = client.get("fps Pay", &address).await.unwrap();
        assert_eq!(reply, Reply { status: 400, body: "<Response/>".to_owned(), request_id: None, location: None });
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let client = Client::new(None).unwrap();
        let address = server(answer("302 Found\r\nlocation: http://127.0.0.1:9/", "")).await;
        assert_eq!(client.post_form("fps Pay", &address, "a=b".to_owned()).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn an_answer_that_is_too_long_or_broken_is_silence_and_names_no_signature() {
        let client = Client::new(None).unwrap();
        let long = answer("200 OK", &"x".repeat(LARGEST_BODY + 1));
        let broken = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<PayRes".to_vec();
        let not_utf8 = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n\xff\xfe".to_vec();
        for bytes in [long, broken, not_utf8, Vec::new()] {
            let address = server(bytes).await;
            let Silence(why) = client.get("fps Pay", &address).await.unwrap_err();
            assert!(!why.contains("s3cret"), "{why}");
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for address in
            ["http://127.0.0.1:3001/fps/", "http://[::1]/", "http://localhost:1/", "https://fps.amazonaws.com"]
        {
            assert!(allowed(address).is_ok(), "{address}");
        }
        for address in
            ["http://fps.amazonaws.com/", "http://10.0.0.1/", "http://localhost.example/", "ftp://127.0.0.1/", "x"]
        {
            assert!(allowed(address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_root_that_is_not_pem_is_refused() {
        assert!(matches!(Client::new(Some(b"not a certificate")), Err(NoClient::BadRoot)));
    }
}
