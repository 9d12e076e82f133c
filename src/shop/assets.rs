//! Files that ship inside the program, and pictures that sellers uploaded.

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::PageError;
use crate::base::ids::PictureId;
use crate::flows::Context;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static"]
struct Files;

const AN_HOUR: &str = "public, max-age=3600";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /assets/{*file}`. A `?v=` in the address promises that the bytes never change.
pub async fn file(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let is_ours = !name.starts_with("sandbox/") && !name.ends_with(".md");
    let Some(file) = Files::get(&name).filter(|_| is_ours) else { return PageError::NotFound.into_response() };
    let hash = file.metadata.sha256_hash();
    let etag = format!("\"{}\"", hash[..12].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let keep = if query.is_some_and(|query| query.starts_with("v=")) { FOR_EVER } else { AN_HOUR };
    let known = [(ETAG, etag.as_str()), (CACHE_CONTROL, keep)];
    if is_known(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, known).into_response();
    }
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => (known, [(CONTENT_TYPE, kind(&name))], bytes).into_response(),
        std::borrow::Cow::Owned(bytes) => (known, [(CONTENT_TYPE, kind(&name))], bytes).into_response(),
    }
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let listed = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    listed.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*")
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `GET /pictures/{id}`: an upload. It never changes under its id.
pub async fn picture(
    State(ctx): State<Context>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let id: PictureId = id.parse().map_err(|_| PageError::NotFound)?;
    let etag = format!("\"{id}\"");
    let known = [(ETAG, etag.as_str()), (CACHE_CONTROL, FOR_EVER)];
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, known).into_response());
    }
    let picture = ctx.store.picture(&id).await?.ok_or(PageError::NotFound)?;
    Ok((known, [(CONTENT_TYPE, picture.content_type)], picture.body).into_response())
}
