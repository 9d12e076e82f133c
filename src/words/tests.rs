//! Seven languages with the same messages.

use std::collections::BTreeSet;

use super::*;

fn file(locale: &str) -> String {
    std::fs::read_to_string(format!("{}/locales/{locale}/voice.ftl", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn ids(text: &str) -> BTreeSet<String> {
    let is_message = |line: &&str| line.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    text.lines().filter(is_message).filter_map(|line| line.split_once(" =")).map(|(id, _)| id.to_owned()).collect()
}

fn gaps_of(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut id = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '}'])) {
            id = name.to_owned();
        }
        for part in line.split('$').skip(1) {
            let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.insert((id.clone(), name));
        }
    }
    found
}

#[test]
fn every_language_has_every_message_with_the_same_gaps() {
    let original = file("en-US");
    assert!(ids(&original).len() > 100);
    for locale in LOCALES {
        let own = file(locale);
        assert_eq!(ids(&own), ids(&original), "{locale}");
        let gaps = gaps_of(&own);
        assert_eq!(gaps, gaps_of(&original), "{locale}");
        // read by the library, too, and not only by us: nothing here falls back to another language
        let language = &LANGUAGES[Words::of(locale).place];
        for id in ids(&original) {
            let values: HashMap<&str, FluentValue<'_>> =
                gaps.iter().filter(|(own, _)| *own == id).map(|(_, name)| (name.as_str(), 2.into())).collect();
            let said = FILES.lookup_single_language(language, &id, Some(&values));
            assert!(said.is_ok_and(|said| !said.trim().is_empty()), "{locale}: {id}");
        }
    }
}

#[test]
fn every_message_that_the_skill_says_is_there() {
    let original = ids(&file("en-US"));
    let mut spoken = 0;
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/alexa")];
    folders.push(std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/shop"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            if !path.components().any(|part| part.as_os_str() == "alexa") && !code.contains("use crate::words::Words") {
                continue;
            }
            for call in ["plain(\"", "say(\"", ".says(\"", "say(\n        \"", "say(\n            \""] {
                for id in code.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(original.contains(id), "{}: {id}", path.display());
                    spoken += 1;
                }
            }
        }
    }
    assert!(spoken > 60, "only {spoken}");
}

#[test]
fn amounts_are_said_as_people_say_them() {
    let money = |minor, code: &str| Money::new(minor, crate::base::money::Currency::from_code(code).unwrap());
    let american = Words::of("en-US");
    assert_eq!(american.money(money(2498, "USD")), "24 dollars and 98 cents");
    assert_eq!(american.money(money(101, "USD")), "1 dollar and 1 cent");
    assert_eq!(american.money(money(2400, "USD")), "24 dollars");
    assert_eq!(american.money(money(50, "USD")), "50 cents");
    assert_eq!(american.money(money(0, "USD")), "0 dollars");
    assert_eq!(american.money(money(1999, "CHF")), "19.99 CHF");
    assert_eq!(Words::of("en-GB").money(money(250, "GBP")), "2 pounds and 50 pence");
    assert_eq!(Words::of("ja-JP").money(money(2498, "JPY")), "2498円");
    for locale in LOCALES {
        for code in ["USD", "EUR", "GBP", "JPY"] {
            for minor in [1, 50, 100, 101, 2498] {
                let said = Words::of(locale).money(money(minor, code));
                assert!(!said.is_empty() && !said.contains('{') && !said.contains("  "), "{locale}: {said:?}");
            }
        }
    }
}

#[test]
fn days_are_said_as_people_say_them() {
    let day = Millis(1_795_219_200_000); // 2026-11-21
    let said: Vec<String> = LOCALES.map(|locale| Words::of(locale).date(day)).to_vec();
    assert_eq!(said[0], "November 21");
    assert_eq!(said[1], "21 November");
    assert_eq!(said[2], "21. November");
    assert_eq!(said[3], "21 novembre");
    assert_eq!(said[4], "il 21 novembre");
    assert_eq!(said[5], "21 de noviembre");
    assert_eq!(said[6], "11月21日");
}

#[test]
fn a_language_is_found_by_its_name_or_by_its_first_half() {
    let found = ["en-GB", "EN-us", "de-AT", "ja", "pt-BR", "", "e"].map(|locale| Words::of(locale).locale());
    assert_eq!(found, ["en-GB", "en-US", "de-DE", "ja-JP", "en-US", "en-US", "en-US"]);
}

#[test]
fn a_browser_gets_the_first_language_that_is_ours() {
    let asked = ["pt-BR, fr;q=0.8, en;q=0.5", "de", "ja-JP,en", "*", "", "xx, yy;q=1"];
    let found = asked.map(|header| Words::for_browser(header).locale());
    assert_eq!(found, ["fr-FR", "de-DE", "ja-JP", "en-US", "en-US", "en-US"]);
}

#[test]
fn things_are_listed_in_each_language() {
    let list = |locale: &str, things: &[&str]| {
        Words::of(locale).list(&things.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(list("en-US", &["a", "b", "c"]), "a, b and c");
    assert_eq!(
        (list("de-DE", &["a", "b"]), list("fr-FR", &["a"]), list("it-IT", &[])),
        ("a und b".into(), "a".into(), String::new())
    );
}
