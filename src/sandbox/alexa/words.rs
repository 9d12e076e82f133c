//! Words as they are compared: without case, punctuation and accents; letter by letter where a language has no spaces.

use super::locales::Locale;

/// A word, or a letter where words have no spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Without case and accents.
    pub folded: String,
    /// As it was said, in small letters.
    pub said: String,
    /// Whether a space stood before it.
    is_apart: bool,
}

/// The folded words.
pub fn folded(units: &[Unit]) -> Vec<&str> {
    units.iter().map(|unit| unit.folded.as_str()).collect()
}

/// The folded words with spaces between them.
pub fn joined(units: &[Unit]) -> String {
    folded(units).join(" ")
}

/// The words as they were said, spaces where they were.
pub fn spoken(units: &[Unit]) -> String {
    let mut text = String::new();
    for unit in units {
        if unit.is_apart && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&unit.said);
    }
    text
}

/// The words of a text.
pub fn units(locale: &Locale, text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let (mut is_apart, mut is_inside) = (false, false);
    for c in text.chars().flat_map(char::to_lowercase) {
        let folded = fold_char(c);
        if folded.is_empty() {
            (is_apart, is_inside) = (true, false);
            continue;
        }
        match units.last_mut() {
            Some(word) if is_inside && !locale.is_unspaced() => {
                word.folded.push_str(&folded);
                word.said.push(c);
            }
            _ => units.push(Unit { folded, said: c.to_string(), is_apart }),
        }
        (is_apart, is_inside) = (false, true);
    }
    units
}

/// A text without case, accents and punctuation.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(fold_char).collect()
}

/// A letter without its accent, a wide letter as a narrow one; nothing for what is no letter or digit.
fn fold_char(c: char) -> String {
    let narrow = match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff41}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    let plain = match narrow {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ö' | 'œ' => "oe",
        'ù' | 'ú' | 'û' => "u",
        'ü' => "ue",
        'ß' => "ss",
        c if c.is_alphanumeric() => return c.to_string(),
        _ => "",
    };
    plain.to_owned()
}
