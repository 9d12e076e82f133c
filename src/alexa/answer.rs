//! What the skill answers. Written exactly as Amazon's types say.
//!
//! ```json
//! {"version": "1.0", "response": {"outputSpeech": {"type": "SSML", "ssml": "<speak>…</speak>"}, "shouldEndSession": false}}
//! ```
//!
//! Source: Alexa Skills Kit, "Request and Response JSON Reference".

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The permission to pay with Amazon Pay.
pub const CONSENT: &str = "payments:autopay_consent";

/// The longest speech, in characters; a card's title and text together have the same room.
const LONGEST: usize = 8000;

/// The most that a whole answer may weigh.
const LARGEST: usize = 24 * 1024;

/// An answer with its frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseEnvelope {
    version: String,
    response: Response,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_speech: Option<OutputSpeech>,
    /// What is said when nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprompt: Option<Reprompt>,
    /// What stands in the Alexa app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// What Alexa is to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directives: Vec<Directive>,
    /// True ends the conversation, false waits for an answer; none after a directive that ends it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub should_end_session: Option<bool>,
}

/// Speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum OutputSpeech {
    /// Marked up.
    #[serde(rename = "SSML")]
    Ssml {
        /// `<speak>…</speak>`
        ssml: String,
    },
}

/// Speech after eight seconds of silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reprompt {
    /// What is said.
    pub output_speech: OutputSpeech,
}

/// A card of the Alexa app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Card {
    /// Text.
    Simple {
        /// Above it.
        title: String,
        /// The text.
        content: String,
    },
    /// Text beside a picture.
    Standard {
        /// Above it.
        title: String,
        /// The text.
        text: String,
        /// The picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<Image>,
    },
    /// The way to link the buyer's account here.
    LinkAccount,
    /// The way to allow something.
    AskForPermissionsConsent {
        /// What is asked for.
        permissions: Vec<String>,
    },
}

/// Where a picture is: https, at most 2,000 characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// 720 x 480.
    pub small_image_url: String,
    /// 1200 x 800.
    pub large_image_url: String,
}

/// What Alexa is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Directive {
    /// Ask Amazon Pay. Ends the conversation; the answer begins a new one.
    #[serde(rename = "Connections.SendRequest")]
    SendRequest {
        /// `Setup` or `Charge`.
        name: String,
        /// With what.
        payload: Value,
        /// Ours; comes back with the answer.
        token: String,
    },
    /// Ask the buyer for a slot of the intent that is being spoken about.
    #[serde(rename = "Dialog.ElicitSlot", rename_all = "camelCase")]
    ElicitSlot {
        /// Which one.
        slot_to_elicit: String,
    },
}

impl ResponseEnvelope {
    /// Nothing to say: what `SessionEndedRequest` and the like are answered with.
    pub fn silence() -> ResponseEnvelope {
        ResponseEnvelope { version: "1.0".to_owned(), response: Response::default() }
    }

    /// The same in no more than Alexa takes: the card goes first, then the end of what is said.
    pub fn fitted(mut self) -> ResponseEnvelope {
        if self.weight() > LARGEST {
            self.response.card = None;
        }
        if self.weight() > LARGEST
            && let Some(OutputSpeech::Ssml { ssml }) = &mut self.response.output_speech
        {
            let inside = ssml.trim_start_matches("<speak>").trim_end_matches("</speak>");
            let kept: String = inside.chars().take(2000).collect();
            // not in the middle of an escape
            let kept =
                kept.rsplit_once('&').filter(|(_, end)| !end.contains(';')).map_or(kept.as_str(), |(kept, _)| kept);
            *ssml = format!("<speak>{kept}</speak>");
        }
        self
    }

    fn weight(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |body| body.len())
    }

    /// The answer inside.
    pub fn response(&self) -> &Response {
        &self.response
    }
}

impl From<Response> for ResponseEnvelope {
    fn from(response: Response) -> ResponseEnvelope {
        ResponseEnvelope { version: "1.0".to_owned(), response }
    }
}

impl Response {
    /// Says `text` and waits for an answer; `reprompt` is said when there is none.
    pub fn ask(text: &str, reprompt: &str) -> Response {
        Response {
            output_speech: Some(speech(text)),
            reprompt: Some(Reprompt { output_speech: speech(reprompt) }),
            should_end_session: Some(false),
            ..Response::default()
        }
    }

    /// Says `text`, and the conversation is over.
    pub fn tell(text: &str) -> Response {
        Response { output_speech: Some(speech(text)), should_end_session: Some(true), ..Response::default() }
    }

    /// Hands over to Amazon Pay.
    pub fn connect(name: &str, payload: Value, token: String) -> Response {
        Response {
            directives: vec![Directive::SendRequest { name: name.to_owned(), payload, token }],
            should_end_session: Some(true),
            ..Response::default()
        }
    }

    /// With a card.
    pub fn with_card(self, card: Card) -> Response {
        Response { card: Some(card), ..self }
    }

    /// With the card that asks for the permission to pay.
    pub fn with_consent_card(self) -> Response {
        self.with_card(Card::AskForPermissionsConsent { permissions: vec![CONSENT.to_owned()] })
    }

    /// Asks for a slot of the intent that is being spoken about.
    pub fn eliciting(mut self, slot: &str) -> Response {
        self.directives.push(Directive::ElicitSlot { slot_to_elicit: slot.to_owned() });
        self
    }
}

impl Card {
    /// Text, as long as it may be.
    pub fn simple(title: &str, content: &str) -> Card {
        let title = shortened(title, 200);
        let content = shortened(content, LONGEST - title.chars().count());
        Card::Simple { title, content }
    }

    /// Text beside a picture, where its address is one that Alexa shows.
    pub fn standard(title: &str, text: &str, picture: &str) -> Card {
        let title = shortened(title, 200);
        let text = shortened(text, LONGEST - title.chars().count());
        // on this machine the device of the sandbox shows plain addresses, too
        let is_near = ["http://localhost:", "http://127.0.0.1:"].iter().any(|near| picture.starts_with(near));
        let is_shown = (picture.starts_with("https://") || is_near) && picture.len() <= 2000;
        let image =
            is_shown.then(|| Image { small_image_url: picture.to_owned(), large_image_url: picture.to_owned() });
        Card::Standard { title, text, image }
    }
}

fn speech(text: &str) -> OutputSpeech {
    OutputSpeech::Ssml { ssml: format!("<speak>{}</speak>", escaped(&shortened(text, LONGEST - 200))) }
}

/// Text inside of marked-up speech. What is unreadable to machines is unspeakable, too.
fn escaped(text: &str) -> String {
    let mut ssml = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => ssml.push_str("&amp;"),
            '<' => ssml.push_str("&lt;"),
            '>' => ssml.push_str("&gt;"),
            '\n' | '\t' => ssml.push(' '),
            control if control.is_control() => {}
            other => ssml.push(other),
        }
    }
    ssml
}

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn speech_is_escaped_and_a_question_keeps_the_conversation_open() {
        let asked = ResponseEnvelope::from(Response::ask("Salt & <Pepper>?\u{0}", "Well?"));
        assert_eq!(
            serde_json::to_value(asked).unwrap(),
            json!({"version": "1.0", "response": {
                "outputSpeech": {"type": "SSML", "ssml": "<speak>Salt &amp; &lt;Pepper&gt;?</speak>"},
                "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>Well?</speak>"}},
                "shouldEndSession": false}})
        );
    }

    #[test]
    fn silence_is_really_silent() {
        assert_eq!(
            serde_json::to_value(ResponseEnvelope::silence()).unwrap(),
            json!({"version": "1.0", "response": {}})
        );
    }

    #[test]
    fn cards_and_directives_are_written_as_amazon_spells_them() {
        let answer =
            Response::connect("Setup", json!({"@type": "X"}), "t".into()).with_consent_card().eliciting("product");
        let written = serde_json::to_value(answer).unwrap();
        assert_eq!(written["card"], json!({"type": "AskForPermissionsConsent", "permissions": [CONSENT]}));
        assert_eq!(
            written["directives"],
            json!([{"type": "Connections.SendRequest", "name": "Setup", "payload": {"@type": "X"}, "token": "t"},
                   {"type": "Dialog.ElicitSlot", "slotToElicit": "product"}])
        );
        assert_eq!(
            Card::standard("T", "x", "http://plain"),
            Card::Standard { title: "T".into(), text: "x".into(), image: None }
        );
    }

    #[test]
    fn nothing_is_longer_than_alexa_takes() {
        let long = "é&".repeat(20_000);
        let Some(OutputSpeech::Ssml { ssml }) = Response::tell(&long).output_speech else { panic!() };
        let Card::Simple { title, content } = Card::simple(&long, &long) else { panic!() };
        assert!(title.chars().count() + content.chars().count() <= 8000);
        assert!(ssml.starts_with("<speak>é") && ssml.len() > 8000);
        let heavy = ResponseEnvelope::from(
            Response::ask(&"あ&".repeat(7000), "?").with_card(Card::simple("t", &"い".repeat(7000))),
        );
        let fitted = heavy.fitted();
        assert!(fitted.weight() <= LARGEST && fitted.response().card.is_none());
        let Some(OutputSpeech::Ssml { ssml }) = &fitted.response().output_speech else { panic!() };
        assert!(ssml.ends_with("</speak>") && ssml.matches('&').count() == ssml.matches("&amp;").count(), "{ssml}");
    }
}
