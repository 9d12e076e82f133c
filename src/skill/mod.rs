//! The Alexa skill as a package that Amazon's command line tool deploys: interaction models, manifest, account
//! linking. Made of the shop's catalogue and of one file of words per locale (`skill/words`), so that every
//! shop gets a model of what it really sells. Pure: gives files, and reads and writes none.

pub mod model;
pub mod names;
pub mod rules;
pub mod words;

use model::InteractionModelFile;
use words::Words;

use crate::market::catalog::Named;

/// What opens the skill, in every locale: a brand is not translated.
pub const INVOCATION_NAME: &str = "pushcart market";

/// The locales, each with a file of words.
pub const LOCALES: [&str; 7] = ["en-US", "en-GB", "de-DE", "fr-FR", "it-IT", "es-ES", "ja-JP"];

/// One file of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, below `skill/`.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why no package can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkillError {
    /// A file of words cannot be read.
    #[error("words/{locale}.toml: {why}")]
    Words {
        /// Whose file.
        locale: String,
        /// In the parser's words.
        why: String,
    },
    /// Amazon would refuse the model.
    #[error("{locale}: {}", faults.join("; "))]
    Rules {
        /// Whose model.
        locale: String,
        /// All that is wrong with it.
        faults: Vec<String>,
    },
}

/// The files that are made. `words` gives the text of `words/{locale}.toml`, or nothing where the shop has none
/// of its own. Errors: the first locale whose words or model are wrong.
pub fn package(products: &[Named], words: impl Fn(&str) -> Option<String>) -> Result<Vec<File>, SkillError> {
    let mut files = Vec::new();
    for locale in LOCALES {
        let own = words(locale);
        let words = Words::read(locale, own.as_deref())?;
        let model = InteractionModelFile::of(products, &words, locale)?;
        let path = format!("skill-package/interactionModels/custom/{locale}.json");
        files.push(File { path, bytes: json(&model) });
    }
    Ok(files)
}

/// As people read it, with a last line feed.
fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text.into_bytes()
}

#[cfg(test)]
mod tests;
