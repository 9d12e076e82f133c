//! What every answer tells the browser to refuse, and which posts the shop refuses itself.

use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::error::PageError;
use crate::base::paths::Paths;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The content security policy. `form-action` also judges the redirect that follows a form, so the
/// providers' origins belong in it; nothing inline is ever allowed. `button_origins` are where a
/// provider's own button comes from: on pages that show one, its script may draw and ask there.
pub fn content_policy(provider_origins: &[String], button_origins: &[String]) -> HeaderValue {
    let mut forms = String::from("'self'");
    for origin in provider_origins {
        forms.push(' ');
        forms.push_str(origin);
    }
    let buttons: String = button_origins.iter().map(|origin| format!(" {origin}")).collect();
    let frames = if buttons.is_empty() { String::new() } else { format!("; frame-src{buttons}") };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'{buttons}; img-src 'self' data:{buttons}; \
         font-src 'self'; connect-src 'self'{buttons}{frames}; base-uri 'none'; frame-ancestors 'none'; form-action {forms}"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// The same policy for a page that shows another page of ours in a frame.
pub fn with_frames(policy: &HeaderValue) -> HeaderValue {
    let mut whole = policy.as_bytes().to_vec();
    whole.extend_from_slice(b"; frame-src 'self'");
    HeaderValue::from_bytes(&whole).unwrap_or_else(|_| policy.clone())
}

/// Puts the headers on every answer. A secret link must not leak as a referrer, hence `same-origin`.
/// An answer with a content or referrer policy of its own keeps that one.
pub async fn guard(policy: HeaderValue, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    response
}

/// Refuses posts from other sites' pages by Fetch metadata and `Origin`. Clients that send neither
/// are no browsers and carry nobody's cookies.
pub fn refuse_cross_site(paths: &Paths) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let layer = CsrfLayer::new();
    // behind a proxy the Host may differ from what the browser sees: our own origin is always ours
    let layer = layer.clone().add_trusted_origin(paths.origin()).unwrap_or(layer);
    layer.with_rejection_response(refused as fn(ProtectionError) -> Response)
}

fn refused(error: ProtectionError) -> Response {
    tracing::warn!(%error, "refused a post from another site");
    PageError::Forbidden.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_the_providers_and_nowhere_else() {
        let policy = content_policy(&["http://127.0.0.1:3001".to_owned()], &[]);
        let policy = policy.to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' http://127.0.0.1:3001"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("script-src 'self';"), "{policy}");
    }

    #[test]
    fn a_page_with_a_button_lets_that_one_script_in_and_still_nothing_inline() {
        let policy = content_policy(&[], &["https://static-na.payments-amazon.com".to_owned()]);
        let policy = policy.to_str().unwrap();
        for source in ["script-src 'self'", "img-src 'self' data:", "connect-src 'self'", "frame-src"] {
            assert!(policy.contains(&format!("{source} https://static-na.payments-amazon.com;")), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
