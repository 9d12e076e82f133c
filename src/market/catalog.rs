//! Products and what a page needs of them.

use crate::base::ids::{ProductId, SellerId};
use crate::base::money::Money;
use crate::market::subscription::Period;

/// A product as pages show it. Stock is not in it, so that a sale rebuilds nothing.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Who sells it.
    pub seller: SellerId,
    /// The name in addresses.
    pub slug: String,
    /// What it is.
    pub title: String,
    /// Paragraphs, separated by blank lines.
    pub description: String,
    /// The category's slug.
    pub category: String,
    /// The price of one, tax not included.
    pub price: Money,
    /// File name under `pictures/`, or an uploaded picture's id.
    pub picture: String,
    /// How often it comes; none for what is bought once.
    pub period: Option<Period>,
    /// The text that is delivered at once; none for what is sent in a parcel.
    pub delivers: Option<String>,
    /// Whether it is a gift to the seller: no sales tax is added, and what it delivers is a word of thanks.
    pub is_donation: bool,
    /// Whether it is done for the buyer instead of being sent.
    pub is_service: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// Whether it belongs on the "things that go wrong" shelf.
    pub is_wonky: bool,
}

/// A product as it is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name in addresses.
    pub slug: String,
    /// What it is.
    pub title: String,
    /// Who sells it.
    pub seller: String,
}

/// A section of the market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The name in addresses.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// One line about it.
    pub blurb: String,
}

/// Splits a text into the words it is found by: lower case, accents folded, plural `s` dropped.
pub fn search_terms(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = text
        .to_lowercase()
        .chars()
        .map(fold_accent)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1)
        .map(|word| match word.strip_suffix('s') {
            Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => word.to_owned(),
        })
        .collect();
    terms.sort();
    terms.dedup();
    terms
}

/// A letter without its accent, as people type it.
pub fn fold_accent(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

/// A title as it stands in an address: `Blue Mug!` as `blue-mug`.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars().map(fold_accent) {
        match c {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_without_case_accents_or_plural() {
        assert_eq!(search_terms("Crème Brûlées, 2 Mugs"), ["brulee", "creme", "mug"]);
        assert_eq!(search_terms("glass gas"), ["gas", "glass"]);
        assert_eq!(search_terms(""), Vec::<String>::new());
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Blue Mug!"), "blue-mug");
        assert_eq!(slug("  <script>alert(1)</script>"), "script-alert-1-script");
    }
}
