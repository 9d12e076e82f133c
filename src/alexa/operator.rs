//! What the operator sees of the skill: every answer of Amazon Pay, and every request that was refused at
//! the gate, beside the notifications of the other services.

use serde_json::Value;

use super::verify::Refused;
use crate::flows::Context;
use crate::store::notifications::{Heard, Verdict, delivery_key};

/// The name under which they stand in the inbox.
const SERVICE: &str = "alexa";

/// The most of a refused request that is kept: it may be anything from anybody.
const KEPT: usize = 4096;

/// Members that open something, or that say who somebody is at Amazon.
const SECRETS: [&str; 5] = ["accessToken", "apiAccessToken", "consentToken", "token", "userId"];

/// A request that nobody vouches for.
pub async fn refused(ctx: &Context, body: &[u8], why: Refused) {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    let mut kept = match read {
        Some(_) => masked(body),
        None => format!("{} bytes that are no JSON, SHA-256 {}", body.len(), delivery_key(body)).into_bytes(),
    };
    kept.truncate(KEPT);
    note(ctx, &entry(ctx, kept, Verdict::Forged, format!("Refused at the step {why:?}: {why}."))).await;
}

/// An answer of Amazon Pay, and what became of it.
pub fn heard(ctx: &Context, body: &[u8], verdict: Verdict, detail: String) -> Heard {
    entry(ctx, masked(body), verdict, detail)
}

fn entry(ctx: &Context, body: Vec<u8>, verdict: Verdict, detail: String) -> Heard {
    Heard { service: SERVICE, endpoint: ctx.paths.absolute(ctx.paths.alexa()), body, verdict, detail }
}

/// Keeps it by itself, where there is nothing else to be kept with it.
pub async fn note(ctx: &Context, heard: &Heard) {
    if let Err(error) = ctx.store.note_heard(heard, ctx.clock.now()).await {
        tracing::error!(%error, "what Alexa said could not be kept for the desk");
    }
}

/// What opens something is not kept, wherever it stands.
fn masked(body: &[u8]) -> Vec<u8> {
    let Ok(mut read) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    mask(&mut read);
    serde_json::to_vec(&read).unwrap_or_default()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if SECRETS.contains(&name.as_str()) && member.is_string() {
                    *member = "***".into();
                } else {
                    mask(member);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(mask),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn tokens_are_masked_wherever_they_stand() {
        let body = br#"{"context":{"System":{"apiAccessToken":"a","user":{"accessToken":"b","permissions":{"consentToken":"c"}}}},
            "request":{"token":"d","name":"Charge"}}"#;
        let kept = String::from_utf8(super::masked(body)).unwrap();
        assert!(
            kept.contains("Charge") && !["\"a\"", "\"b\"", "\"c\"", "\"d\""].iter().any(|it| kept.contains(it)),
            "{kept}"
        );
        assert_eq!(super::masked(b"no json"), b"no json");
    }
}
