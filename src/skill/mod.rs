//! The Alexa skill as a package that Amazon's command line tool deploys: interaction models, manifest, account
//! linking. Made of the shop's catalogue and of one file of words per locale (`skill/words`), so that every
//! shop gets a model of what it really sells. Pure: gives files, and reads and writes none.

pub mod manifest;
pub mod model;
pub mod names;
pub mod rules;
pub mod words;

use std::collections::BTreeMap;

use manifest::{AccountLinkingFile, AskResources, ManifestFile};
use model::InteractionModelFile;
use words::Words;

use crate::base::paths::Paths;
use crate::market::catalog::Named;

/// What opens the skill, in every locale: a brand is not translated.
pub const INVOCATION_NAME: &str = "pushcart market";

/// The same as it is written.
pub const DISPLAY_NAME: &str = "Pushcart Market";

/// The shop's logo, 108 and 512 pixels wide.
const SMALL_ICON: &[u8] = include_bytes!("../../skill/skill-package/assets/images/small-icon.png");
const LARGE_ICON: &[u8] = include_bytes!("../../skill/skill-package/assets/images/large-icon.png");

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

/// Where the shop is, as Amazon's servers and people reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where requests go.
    pub endpoint: String,
    /// What is kept of whom, and why.
    pub privacy: String,
    /// Where people are asked for a link.
    pub authorize: String,
    /// Where a code is exchanged.
    pub token: String,
    /// What Amazon calls itself there.
    pub client_id: String,
}

impl Place {
    /// Of the shop with these addresses.
    pub fn at(paths: &Paths, client_id: &str) -> Place {
        Place {
            endpoint: paths.absolute(paths.alexa()),
            privacy: paths.absolute(paths.help_privacy()),
            authorize: paths.absolute(paths.oauth_authorize()),
            token: paths.absolute(paths.oauth_token()),
            client_id: client_id.to_owned(),
        }
    }
}

/// The files that are made. `words` gives the text of `words/{locale}.toml`, or nothing where the shop has none
/// of its own. Errors: the first locale whose words or model are wrong.
pub fn package(
    products: &[Named],
    place: &Place,
    words: impl Fn(&str) -> Option<String>,
) -> Result<Vec<File>, SkillError> {
    let (mut files, mut all) = (Vec::new(), BTreeMap::new());
    for locale in LOCALES {
        let own = words(locale);
        let words = Words::read(locale, own.as_deref())?;
        let model = InteractionModelFile::of(products, &words, locale)?;
        let path = format!("skill-package/interactionModels/custom/{locale}.json");
        files.push(File { path, bytes: json(&model) });
        all.insert(locale.to_owned(), words);
    }
    let manifest = ManifestFile::of(place, &all);
    let faults = rules::page_faults(&manifest);
    if !faults.is_empty() {
        return Err(SkillError::Rules { locale: "skill.json".to_owned(), faults });
    }
    let file = |path: &str, bytes: Vec<u8>| File { path: path.to_owned(), bytes };
    files.push(file("skill-package/skill.json", json(&manifest)));
    files.push(file("skill-package/accountLinking.json", json(&AccountLinkingFile::of(place))));
    files.push(file("skill-package/assets/images/small-icon.png", SMALL_ICON.to_vec()));
    files.push(file("skill-package/assets/images/large-icon.png", LARGE_ICON.to_vec()));
    files.push(file("ask-resources.json", json(&AskResources::beside())));
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
