//! The log for people: what was asked and told, what was signed, and why a signature did not fit.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{Fields, broken, page, problem};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{LogEntry, StateError};

/// How many lines a page has.
const SHOWN: i64 = 40;
const PLACE: &str = "/_sandbox/desk/log";

/// One line for people.
struct Line {
    own: LogEntry,
    at: String,
    provider: &'static str,
    /// The address without its query, which is long and stands on the entry's own page.
    place: String,
    is_good: bool,
}

impl Line {
    fn of(own: LogEntry) -> Line {
        let provider = match own.provider.as_str() {
            "fps" => "Flexible Payments",
            "amazon_pay" => "Amazon Pay",
            _ => "Alexa",
        };
        let is_good = matches!(own.verdict.as_str(), "ok" | "delivered" | "begun" | "answered again")
            || (own.direction == "page" && own.verdict.starts_with('S') && own.verdict != "SE");
        let place = own.address.split('?').next().unwrap_or_default().to_owned();
        Line { at: Millis(own.at).for_people(), provider, place, is_good, own }
    }
}

#[derive(Template)]
#[template(path = "sandbox/desk/log.html")]
struct Page {
    tab: &'static str,
    lines: Vec<Line>,
    /// Where the next page begins; 0 where there is none.
    older: i64,
    is_first: bool,
}

#[derive(serde::Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// Shows the latest lines, or those before one.
pub async fn show(State(sandbox): State<Sandbox>, Query(asked): Query<Before>) -> Response {
    let step = async {
        let mut entries = sandbox.db().read().await?.log_before(asked.before.unwrap_or(i64::MAX), SHOWN + 1).await?;
        let has_more = entries.len() > usize::try_from(SHOWN).unwrap_or(0);
        entries.truncate(usize::try_from(SHOWN).unwrap_or(0));
        let older = if has_more { entries.last().map_or(0, |own| own.id) } else { 0 };
        let lines = entries.into_iter().map(Line::of).collect();
        Ok::<Response, StateError>(page(
            StatusCode::OK,
            &Page { tab: "log", lines, older, is_first: asked.before.is_none() },
        ))
    };
    step.await.unwrap_or_else(broken)
}

/// What was signed here and there, side by side.
#[derive(Template)]
#[template(path = "sandbox/desk/log_entry.html")]
struct EntryPage {
    tab: &'static str,
    line: Line,
    theirs: String,
    comparison: Option<Comparison>,
    problem: &'static str,
}

/// Shows one line with what was signed, and a field for what the other side signed.
pub async fn entry(State(sandbox): State<Sandbox>, Path(id): Path<i64>) -> Response {
    compared(&sandbox, id, None).await.unwrap_or_else(broken)
}

/// Compares what was signed here with what somebody says they signed.
pub async fn compare(State(sandbox): State<Sandbox>, Path(id): Path<i64>, Form(form): Fields) -> Response {
    // Not trimmed: a space at the end is a reason why a signature does not fit.
    let theirs = form.into_iter().find(|(name, _)| name == "theirs").map(|(_, text)| text).unwrap_or_default();
    // Forms send line ends as two bytes, whatever was typed.
    compared(&sandbox, id, Some(theirs.replace("\r\n", "\n"))).await.unwrap_or_else(broken)
}

async fn compared(sandbox: &Sandbox, id: i64, theirs: Option<String>) -> Result<Response, StateError> {
    let Some(own) = sandbox.db().read().await?.log_entry(id).await? else {
        return Ok(problem(StatusCode::NOT_FOUND, "The log has no such line; a reset may have emptied it.", PLACE));
    };
    let is_empty = theirs.as_ref().is_some_and(|text| text.trim().is_empty());
    let status = if is_empty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let comparison = theirs.as_ref().filter(|_| !is_empty).map(|text| Comparison::of(&own.string_to_sign, text));
    let problem = if is_empty { "Paste what your program signed first." } else { "" };
    let shown = EntryPage { tab: "log", line: Line::of(own), theirs: theirs.unwrap_or_default(), comparison, problem };
    Ok(page(status, &shown))
}

/// Two texts, cut where they first differ.
#[derive(Debug, PartialEq, Eq)]
struct Comparison {
    is_same: bool,
    /// Where they part, for people; empty when they do not.
    place: String,
    /// What both begin with.
    common: String,
    /// What follows here.
    ours: String,
    /// And there.
    theirs: String,
    /// What that often means; empty for nothing in particular.
    hint: &'static str,
}

impl Comparison {
    fn of(ours: &str, theirs: &str) -> Comparison {
        let same = ours.chars().zip(theirs.chars()).take_while(|(one, other)| one == other);
        let length: usize = same.map(|(one, _)| one.len_utf8()).sum();
        let (common, ours_rest, theirs_rest) = (&ours[..length], &ours[length..], &theirs[length..]);
        let is_same = ours_rest.is_empty() && theirs_rest.is_empty();
        let line = common.matches('\n').count() + 1;
        let column = common.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Comparison {
            is_same,
            place: if is_same { String::new() } else { format!("line {line}, character {column}") },
            hint: if is_same { "" } else { hint(line, ours_rest, theirs_rest) },
            common: common.to_owned(),
            ours: ours_rest.to_owned(),
            theirs: theirs_rest.to_owned(),
        }
    }
}

/// The usual reasons, by where the two part.
fn hint(line: usize, ours: &str, theirs: &str) -> &'static str {
    let begins = |one: &str, other: &str| ours.starts_with(one) && theirs.starts_with(other);
    match line {
        _ if begins("%20", "+") => "A space is written %20, never +.",
        _ if begins("%7E", "~") || begins("~", "%7E") => "A tilde is not escaped.",
        _ if ours.to_lowercase().starts_with(&theirs.get(..2).unwrap_or("?").to_lowercase()) => {
            "Upper and lower case count: percent signs are followed by capital letters, parameters are sorted by bytes."
        }
        _ if ours.is_empty() => "Yours goes on where ours ends: a parameter too many, or a line end.",
        _ if theirs.is_empty() => "Yours ends too early: something that was sent was not signed.",
        1 => "The verb: GET or POST in capital letters, as the request was sent.",
        2 => "The host: as in the Host header, with the port if it is not the usual one.",
        3 => "The path: never empty, and with the slash at its end if the address has one.",
        _ => "The parameters: every one that was sent except the signature, sorted, names and values escaped.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_are_cut_where_they_part() {
        let ours = "GET\n127.0.0.1:3001\n/fps/\nAction=Pay&Note=a%20b";
        let same = Comparison::of(ours, ours);
        assert!(same.is_same && same.place.is_empty());
        let plus = Comparison::of(ours, &ours.replace("%20", "+"));
        assert_eq!((plus.place.as_str(), plus.hint), ("line 4, character 18", "A space is written %20, never +."));
        assert_eq!((plus.ours.as_str(), plus.theirs.as_str()), ("%20b", "+b"));
        let host = Comparison::of(ours, &ours.replace(":3001", ""));
        assert!(host.place.starts_with("line 2") && host.hint.starts_with("The host"));
        let path = Comparison::of(ours, &ours.replace("/fps/", "/"));
        assert!(path.hint.starts_with("The path"), "{path:?}");
        assert!(Comparison::of(ours, "GET\n").hint.starts_with("Yours ends too early"));
        assert_eq!(Comparison::of("ä", "ö").place, "line 1, character 1");
    }
}
