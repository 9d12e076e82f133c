//! What a skill answers, held against the rules: status 200, JSON, at most 24 KB, in the shapes of the response envelope.

use serde_json::{Map, Value};

use super::payload::Asked;

/// The most that an answer may be.
pub const LONGEST_ANSWER: usize = 24 * 1024;
/// The most that may be said, or stand on a card.
const LONGEST_SPEECH: usize = 8_000;
/// The longest address of a picture.
const LONGEST_ADDRESS: usize = 2_000;

/// A good answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Given back while the session lives.
    pub attributes: Map<String, Value>,
    /// What is said, without markup.
    pub speech: String,
    /// What is said into a silence; empty for nothing.
    pub reprompt: String,
    /// For the Alexa app.
    pub card: Option<Value>,
    /// What Alexa is to do next.
    pub directive: Option<Directive>,
    /// `None` where the skill leaves it to the device.
    pub ends_session: Option<bool>,
}

/// What Alexa can be told to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Directive {
    /// Setup or Charge.
    Pay(Asked),
    /// Alexa goes on with the dialog herself.
    Delegate(Option<Value>),
    /// The next sentence fills this slot.
    ElicitSlot(String, Option<Value>),
    /// The next sentence says yes or no to this slot.
    ConfirmSlot(String, Option<Value>),
    /// The next sentence says yes or no to the whole.
    ConfirmIntent(Option<Value>),
}

/// Reads an answer. Errors: a sentence about the rule that it breaks.
pub fn read(status: u16, content_type: &str, body: &[u8]) -> Result<Answer, String> {
    if status != 200 {
        return Err(format!("the skill answered status {status}"));
    }
    if body.len() > LONGEST_ANSWER {
        return Err(format!("the answer has {} bytes, more than {LONGEST_ANSWER}", body.len()));
    }
    if !content_type.to_ascii_lowercase().starts_with("application/json") {
        return Err(format!("the answer is {content_type:?}, not application/json"));
    }
    let envelope: Value = serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON: {error}"))?;
    if envelope.get("version").and_then(Value::as_str).is_none() {
        return Err("the answer has no version".to_owned());
    }
    let attributes = match envelope.get("sessionAttributes") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(attributes)) => attributes.clone(),
        Some(_) => return Err("sessionAttributes must be an object".to_owned()),
    };
    let empty = Value::Object(Map::new());
    let response = envelope.get("response").filter(|value| !value.is_null()).unwrap_or(&empty);
    if !response.is_object() {
        return Err("response must be an object".to_owned());
    }
    let reprompt = response.get("reprompt").and_then(|reprompt| reprompt.get("outputSpeech"));
    let ends_session = match response.get("shouldEndSession") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(ends)) => Some(*ends),
        Some(_) => return Err("shouldEndSession must be true or false".to_owned()),
    };
    Ok(Answer {
        attributes,
        speech: speech(response.get("outputSpeech"), "outputSpeech")?,
        reprompt: speech(reprompt, "reprompt.outputSpeech")?,
        card: card(response.get("card"))?,
        directive: directive(response.get("directives"))?,
        ends_session,
    })
}

impl Answer {
    /// Whether nothing is said, shown or done, as the end of a session demands.
    pub fn is_silent(&self) -> bool {
        self.speech.is_empty() && self.card.is_none() && self.directive.is_none()
    }
}

fn speech(of: Option<&Value>, name: &str) -> Result<String, String> {
    let Some(speech) = of.filter(|speech| !speech.is_null()) else { return Ok(String::new()) };
    let text = |member: &str| speech.get(member).and_then(Value::as_str);
    let said = match text("type") {
        Some("PlainText") => text("text").ok_or_else(|| format!("{name} has no text"))?.to_owned(),
        Some("SSML") => spoken(text("ssml").ok_or_else(|| format!("{name} has no ssml"))?)
            .map_err(|problem| format!("{name}: {problem}"))?,
        _ => return Err(format!("{name}.type must be PlainText or SSML")),
    };
    if said.chars().count() > LONGEST_SPEECH {
        return Err(format!("{name} has more than {LONGEST_SPEECH} characters"));
    }
    Ok(said)
}

/// The words of SSML. Errors: what makes it none.
fn spoken(ssml: &str) -> Result<String, String> {
    use quick_xml::events::Event;
    let trimmed = ssml.trim();
    if !trimmed.starts_with("<speak") || !trimmed.ends_with("</speak>") {
        return Err("SSML stands between <speak> and </speak>".to_owned());
    }
    let mut reader = quick_xml::Reader::from_str(trimmed);
    let mut said = String::new();
    loop {
        match reader.read_event().map_err(|error| format!("SSML is not well formed: {error}"))? {
            Event::Text(text) => said.push_str(&text),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(letter)) => said.push(letter),
                _ => match &*name {
                    "amp" => said.push('&'),
                    "lt" => said.push('<'),
                    "gt" => said.push('>'),
                    "quot" => said.push('"'),
                    "apos" => said.push('\''),
                    _ => return Err("SSML names an unknown entity".to_owned()),
                },
            },
            Event::Empty(_) | Event::End(_) if !said.ends_with(' ') => said.push(' '),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(tidy(&said))
}

/// One space between words, none before a full stop or comma.
fn tidy(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    [" .", " ,", " !", " ?", " ;", " :"].iter().fold(text, |text, mark| text.replace(mark, &mark[1..]))
}

fn card(of: Option<&Value>) -> Result<Option<Value>, String> {
    let Some(card) = of.filter(|card| !card.is_null()) else { return Ok(None) };
    let text = |name: &str| card.get(name).and_then(Value::as_str).unwrap_or_default();
    let length = |names: [&str; 2]| names.iter().map(|name| text(name).chars().count()).sum::<usize>();
    match text("type") {
        "Simple" if length(["title", "content"]) <= LONGEST_SPEECH => {}
        "Standard" if length(["title", "text"]) <= LONGEST_SPEECH => {
            for size in ["smallImageUrl", "largeImageUrl"] {
                let address = card.get("image").and_then(|image| image.get(size)).and_then(Value::as_str);
                if address.is_some_and(|address| !is_picture(address)) {
                    return Err(format!("card.image.{size} must be an https address of at most {LONGEST_ADDRESS}"));
                }
            }
        }
        "Simple" | "Standard" => return Err(format!("the card has more than {LONGEST_SPEECH} characters")),
        "LinkAccount" => {}
        "AskForPermissionsConsent" => {
            let permissions = card.get("permissions").and_then(Value::as_array);
            if !permissions.is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)) {
                return Err("the consent card names no permissions".to_owned());
            }
        }
        other => return Err(format!("card.type {other:?} is unknown")),
    }
    Ok(Some(card.clone()))
}

/// Pictures come over TLS; this house also takes them from its own machine.
fn is_picture(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    address.len() <= LONGEST_ADDRESS && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

fn directive(of: Option<&Value>) -> Result<Option<Directive>, String> {
    let all = match of {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(all)) => all,
        Some(_) => return Err("directives must be a list".to_owned()),
    };
    if all.len() > 1 {
        return Err("one directive can be played at a time".to_owned());
    }
    let Some(own) = all.first() else { return Ok(None) };
    let kind = own.get("type").and_then(Value::as_str).unwrap_or_default();
    let slot = |name: &str| {
        let slot = own.get(name).and_then(Value::as_str).filter(|slot| !slot.is_empty());
        slot.map(str::to_owned).ok_or_else(|| format!("{kind} names no slot"))
    };
    let intent = own.get("updatedIntent").filter(|intent| intent.is_object()).cloned();
    Ok(Some(match kind {
        "Connections.SendRequest" => Directive::Pay(Asked::read(own)?),
        "Dialog.Delegate" => Directive::Delegate(intent),
        "Dialog.ElicitSlot" => Directive::ElicitSlot(slot("slotToElicit")?, intent),
        "Dialog.ConfirmSlot" => Directive::ConfirmSlot(slot("slotToConfirm")?, intent),
        "Dialog.ConfirmIntent" => Directive::ConfirmIntent(intent),
        other => return Err(format!("the directive {other:?} is not one this device can play")),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(response: &Value) -> Result<Answer, String> {
        read(
            200,
            "application/json;charset=UTF-8",
            json!({ "version": "1.0", "response": response }).to_string().as_bytes(),
        )
    }

    #[test]
    fn a_plain_answer_is_understood() {
        let plain =
            answer(&json!({ "outputSpeech": { "type": "PlainText", "text": "Hello" }, "shouldEndSession": false }));
        let plain = plain.unwrap();
        assert_eq!((plain.speech.as_str(), plain.ends_session), ("Hello", Some(false)));
        let silent = answer(&json!({})).unwrap();
        assert!(silent.is_silent() && silent.ends_session.is_none());
    }

    #[test]
    fn markup_is_taken_off_and_broken_markup_is_refused() {
        let ssml =
            |text: &str| answer(&json!({ "outputSpeech": { "type": "SSML", "ssml": text } })).map(|own| own.speech);
        assert_eq!(ssml("<speak>Salt &amp; <break time=\"1s\"/>pepper.</speak>"), Ok("Salt & pepper.".to_owned()));
        assert_eq!(ssml("<speak>One<s>two</s></speak>"), Ok("Onetwo".to_owned()));
        for bad in ["Hello", "<speak>Salt & pepper</speak>", "<speak><p>Hello</speak>"] {
            assert!(ssml(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_rule_of_the_envelope_is_kept() {
        assert!(answer(&json!({ "card": { "type": "LinkAccount" } })).is_ok());
        for bad in [
            json!({ "outputSpeech": { "type": "Sung" } }),
            json!({ "shouldEndSession": "yes" }),
            json!({ "card": { "type": "Postcard" } }),
            json!({ "card": { "type": "AskForPermissionsConsent" } }),
            json!({ "card": { "type": "Standard", "image": { "smallImageUrl": "http://pictures.example/a.png" } } }),
            json!({ "card": { "type": "Simple", "content": "x".repeat(8_001) } }),
            json!({ "outputSpeech": { "type": "PlainText", "text": "x".repeat(8_001) } }),
            json!({ "directives": [{ "type": "Connections.SendRequest", "name": "Charge", "payload": {} }] }),
            json!({ "directives": [{ "type": "Video.Launch" }] }),
            json!({ "directives": {} }),
        ] {
            assert!(answer(&bad).is_err(), "{bad}");
        }
        assert!(read(200, "text/html", b"{\"version\":\"1.0\"}").is_err());
        assert!(read(500, "application/json", b"{\"version\":\"1.0\"}").is_err());
        assert!(read(200, "application/json", b"{}").is_err());
        assert!(read(200, "application/json", &vec![b' '; LONGEST_ANSWER + 1]).is_err());
    }
}
