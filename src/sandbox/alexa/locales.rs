//! What differs between the languages an Echo can be set to: how a skill is opened, the words of the built-in intents,
//! numbers, what Alexa herself says, and where the person lives.

use serde_json::{Value, json};

pub use super::languages::ALL;

/// One language in one country.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// `en-US`.
    pub tag: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// `https://api.amazonalexa.com`.
    pub api_endpoint: &'static str,
    /// `Amazon.com`.
    pub amazon: &'static str,
    /// How a skill is opened; `{}` is its invocation name.
    pub open: &'static [&'static str],
    /// How it is asked in one breath; `{}` is its name, `*` the question.
    pub ask: &'static [&'static str],
    /// The words of the built-in intents.
    pub built_ins: &'static [(&'static str, &'static [&'static str])],
    /// What ends a skill without asking it.
    pub exit: &'static [&'static str],
    /// One to twelve.
    pub numbers: [&'static [&'static str]; 12],
    /// What may stand before a name and means nothing.
    pub articles: &'static [&'static str],
    /// Asks for the voice code.
    pub ask_code: &'static str,
    /// Asks again.
    pub wrong_code: &'static str,
    /// When there is no skill to ask.
    pub unknown: &'static str,
    /// When the skill's answer breaks the rules.
    pub trouble: &'static str,
    /// When Amazon sends the consent card itself.
    pub consent: &'static str,
    /// Two lines, city, state, postal code, country, phone.
    pub home: [&'static str; 7],
}

impl Locale {
    /// Whether words are written without spaces.
    pub fn is_unspaced(&self) -> bool {
        self.tag == "ja-JP"
    }

    /// Whether Amazon leaves the consent card to the skill.
    pub fn skill_asks_for_consent(&self) -> bool {
        self.tag == "ja-JP"
    }

    /// Where the person lives, as Amazon Pay's API writes it.
    pub fn address(&self, name: &str) -> Value {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let [line1, line2, city, state, postal_code, country, phone] = self.home;
        json!({
            "name": name, "addressLine1": line1, "addressLine2": text(line2), "addressLine3": null, "city": city,
            "county": null, "district": null, "stateOrRegion": text(state), "postalCode": postal_code,
            "countryCode": country, "phoneNumber": phone,
        })
    }
}

/// The locale with this tag.
pub fn find(tag: &str) -> Option<&'static Locale> {
    ALL.iter().find(|own| own.tag == tag)
}

#[cfg(test)]
mod tests {
    use super::super::languages::{CANCEL, HELP, HOME, NO, REPEAT, STOP, YES};
    use super::*;

    #[test]
    fn every_language_can_open_ask_agree_and_stop() {
        for locale in &ALL {
            assert!(locale.open.iter().all(|pattern| pattern.contains("{}")), "{}", locale.tag);
            assert!(locale.ask.iter().all(|pattern| pattern.contains("{}") && pattern.contains('*')), "{}", locale.tag);
            for intent in [YES, NO, HELP, STOP, CANCEL, REPEAT, HOME] {
                assert!(locale.built_ins.iter().any(|(own, words)| *own == intent && !words.is_empty()), "{intent}");
            }
            assert_eq!(locale.address("Ana")["countryCode"].as_str().map(str::len), Some(2), "{}", locale.tag);
        }
    }
}
