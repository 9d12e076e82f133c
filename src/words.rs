//! How things are said: seven languages, from the files of `locales/`, which the skill speaks from and pages
//! print.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

use crate::base::clock::Millis;
use crate::base::money::Money;

static_loader! {
    static FILES = {
        locales: "./locales",
        fallback_language: "en-US",
        // what is spoken has no use for marks of direction
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The languages, as Alexa names them.
pub const LOCALES: [&str; 7] = ["en-US", "en-GB", "de-DE", "fr-FR", "it-IT", "es-ES", "ja-JP"];

const LANGUAGES: [LanguageIdentifier; 7] = [
    langid!("en-US"),
    langid!("en-GB"),
    langid!("de-DE"),
    langid!("fr-FR"),
    langid!("it-IT"),
    langid!("es-ES"),
    langid!("ja-JP"),
];

/// The currencies that have words; others are said by their code.
const SPOKEN: [&str; 4] = ["USD", "EUR", "GBP", "JPY"];

/// A language to speak in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    place: usize,
}

/// What goes into a message's gaps.
pub type Gaps<'a> = &'a [(&'static str, FluentValue<'a>)];

impl Words {
    /// Those of `locale`; of its language where the country is another, of en-US where the language is.
    pub fn of(locale: &str) -> Words {
        let language = |text: &str| text.get(..2).map(str::to_ascii_lowercase);
        let exact = LOCALES.iter().position(|own| own.eq_ignore_ascii_case(locale));
        let near = || LOCALES.iter().position(|own| language(own) == language(locale));
        Words { place: exact.or_else(near).unwrap_or(0) }
    }

    /// Those of the language that a browser asks for most (`Accept-Language`), where it is one of ours.
    pub fn for_browser(accept_language: &str) -> Words {
        let is_ours = |tag: &&str| LOCALES.iter().any(|own| own.get(..2) == tag.get(..2) && tag.len() >= 2);
        let tags = accept_language.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
        Words::of(tags.into_iter().find(|tag| is_ours(tag)).unwrap_or_default())
    }

    /// `en-US`
    pub fn locale(self) -> &'static str {
        LOCALES[self.place]
    }

    /// A message with its gaps filled.
    pub fn say(self, id: &str, gaps: Gaps<'_>) -> String {
        let gaps: HashMap<Cow<'static, str>, FluentValue<'_>> =
            gaps.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        let said = FILES.try_lookup_with_args(&LANGUAGES[self.place], id, &gaps);
        said.unwrap_or_else(|| {
            tracing::error!(id, locale = self.locale(), "there is no such message");
            String::new()
        })
    }

    /// An amount as people say it: "24 dollars and 98 cents".
    pub fn money(self, money: Money) -> String {
        let currency = money.currency;
        if !SPOKEN.contains(&currency.code()) {
            return format!("{} {}", money.decimal(), currency.code());
        }
        let (major, minor) = (money.minor / currency.scale(), money.minor % currency.scale());
        let id = match (major, minor) {
            (_, 0) => "money",
            (0, _) => "money-cents",
            _ => "money-with-cents",
        };
        self.say(id, &[("currency", currency.code().into()), ("major", major.into()), ("minor", minor.into())])
    }

    /// A day as people say it: "November 21".
    pub fn date(self, at: Millis) -> String {
        let stamp = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
        self.say("date", &[("month", i64::from(stamp.month()).into()), ("day", i64::from(stamp.day()).into())])
    }

    /// "a, b and c".
    pub fn list(self, things: &[String]) -> String {
        match things {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let comma = if self.locale() == "ja-JP" { "、" } else { ", " };
                self.say("list-and", &[("first", first.join(comma).into()), ("last", last.clone().into())])
            }
        }
    }
}

#[cfg(test)]
mod tests;
