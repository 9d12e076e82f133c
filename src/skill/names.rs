//! What products are called when they are spoken of: no name may stand for two of them.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Value, ValueName};
use crate::market::catalog::{Named, fold_accent};

/// The longest slot value, in characters. Source: Amazon, "Create and Edit Custom Slot Types".
pub const LONGEST_NAME: usize = 140;

/// Where a title goes on to say what the thing is like: `Mug for both hands`.
const GOES_ON: [&str; 14] =
    ["for", "with", "that", "who", "in", "from", "on", "to", "für", "mit", "pour", "avec", "per", "para"];

/// Words before a name that are none of it.
const ARTICLES: [&str; 17] =
    ["a", "an", "the", "der", "die", "das", "ein", "eine", "le", "la", "les", "un", "une", "il", "lo", "el", "una"];

/// The values of the slot type, in the order of their slugs. `spoken` has the names by slug; a product that is not
/// there gets the main words of its title. A name that is taken already is left out.
pub fn values(products: &[Named], spoken: &BTreeMap<String, Vec<String>>) -> Vec<Value> {
    let mut products: Vec<&Named> = products.iter().collect();
    products.sort_by(|a, b| a.slug.cmp(&b.slug));
    let mut taken = BTreeSet::new();
    // every title first: no short name of one product may be the title of another
    let titles: Vec<String> = products.iter().map(|product| title(product, &mut taken)).collect();
    let named = |product: &&&Named| spoken.contains_key(&product.slug);
    let mut synonyms: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    // then what somebody chose, then what we make up
    let (chosen, others): (Vec<&&Named>, Vec<&&Named>) = products.iter().partition(named);
    for product in chosen.into_iter().chain(others) {
        let names = spoken.get(&product.slug).cloned().unwrap_or_else(|| main_words(&product.title));
        let free = names.into_iter().filter(|name| taken.insert(folded(name))).map(|name| fitting(&name));
        synonyms.insert(&product.slug, free.collect());
    }
    let value = |(product, value): (&&Named, String)| Value {
        id: product.slug.clone(),
        name: ValueName { value, synonyms: synonyms.remove(product.slug.as_str()).unwrap_or_default() },
    };
    products.iter().zip(titles).map(value).collect()
}

/// A title that nobody else has: with the seller's name, or the slug, where two products have the same.
fn title(product: &Named, taken: &mut BTreeSet<String>) -> String {
    let alone = fitting(&product.title);
    let with_seller = fitting(&format!("{}, {}", product.title, product.seller));
    let with_slug = fitting(&format!("{} {}", product.slug, product.title));
    let free = [alone, with_seller, with_slug].into_iter().find(|name| taken.insert(folded(name)));
    free.unwrap_or_else(|| fitting(&product.slug))
}

/// At most so long as Amazon takes it, cut between words.
fn fitting(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let cut: String = name.chars().take(LONGEST_NAME).collect();
    cut.rsplit_once(' ').map_or(cut.clone(), |(whole, _)| whole.to_owned())
}

/// A name as it is compared: letters and digits alone, small, without accents. Amazon hears no commas either.
pub fn folded(name: &str) -> String {
    name.to_lowercase().chars().map(fold_accent).filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a title that name the thing: `Umbrella, hard to leave behind` is an `Umbrella`.
fn main_words(title: &str) -> Vec<String> {
    let head = title.split([',', ':', ';', '(', '“', '"', '–', '—']).next().unwrap_or_default().trim();
    let words: Vec<&str> = head.split_whitespace().collect();
    let is_article = |word: &&&str| ARTICLES.contains(&word.to_lowercase().as_str());
    let words = if words.len() > 1 && words.first().as_ref().is_some_and(is_article) { &words[1..] } else { &words };
    let goes_on = words.iter().skip(1).position(|word| GOES_ON.contains(&word.to_lowercase().as_str()));
    let short = goes_on.map_or(words.len(), |at| at + 1);
    [words.join(" "), words[..short].join(" ")].into_iter().filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(slug: &str, title: &str) -> Named {
        Named { slug: slug.into(), title: title.into(), seller: "Three Pots".into() }
    }

    fn said(products: &[Named], spoken: &[(&str, &[&str])]) -> Vec<(String, String, Vec<String>)> {
        let spoken = spoken.iter().map(|(slug, names)| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            ((*slug).to_owned(), names)
        });
        let values = values(products, &spoken.collect());
        values.into_iter().map(|value| (value.id, value.name.value, value.name.synonyms)).collect()
    }

    #[test]
    fn a_product_without_words_is_called_what_its_title_says() {
        let cases: [(&str, &[&str]); 5] = [
            ("Umbrella, hard to leave behind", &["Umbrella"]),
            ("Mug for both hands", &["Mug"]),
            ("The last good light bulb", &["last good light bulb"]),
            ("Honey butter", &[]),
            ("Mushroom log (edible kind)", &["Mushroom log"]),
        ];
        for (title, synonyms) in cases {
            assert_eq!(said(&[product("p", title)], &[])[0].2, synonyms, "{title}");
        }
    }

    #[test]
    fn no_name_stands_for_two_products() {
        let both = [product("blue", "Mug, blue"), product("red", "Mug, red")];
        assert_eq!(said(&both, &[])[0].2, ["Mug"]);
        assert!(said(&both, &[])[1].2.is_empty());
        // what somebody chose comes before what we make up
        assert_eq!(said(&both, &[("red", &["mug", "red mug"])])[0].2, [""; 0]);
        assert_eq!(said(&both, &[("red", &["mug", "red mug"])])[1].2, ["mug", "red mug"]);
        let twins = [product("a", "Mug"), product("b", "Mug"), product("c", "Mug")];
        let titles: Vec<String> = said(&twins, &[]).into_iter().map(|(_, title, _)| title).collect();
        assert_eq!(titles, ["Mug", "Mug, Three Pots", "c Mug"]);
    }

    #[test]
    fn a_long_title_ends_with_a_whole_word() {
        let long = "quite ".repeat(40);
        let value = &said(&[product("long", &long)], &[])[0].1;
        assert!(value.chars().count() <= LONGEST_NAME && value.ends_with("quite"), "{value}");
    }
}
