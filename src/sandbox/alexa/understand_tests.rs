use super::*;
use crate::sandbox::alexa::{locales, model};

fn heard(tag: &str, text: &str) -> (String, Vec<(String, String)>) {
    let locale = locales::find(tag).unwrap();
    let heard = sentence(model::of(locale), locale, text);
    (heard.intent, heard.slots)
}

#[test]
fn every_sample_of_every_language_is_understood_as_its_own_intent() {
    for locale in &locales::ALL {
        let model = model::of(locale);
        assert!(!model.language_model.intents.is_empty(), "{}", locale.tag);
        let product = &model.language_model.types[0].values[0].name;
        let name = product.synonyms.first().unwrap_or(&product.value);
        for intent in &model.language_model.intents {
            for sample in &intent.samples {
                let text = sample.replace("{product}", name).replace("{quantity}", "2");
                let heard = sentence(model, locale, &text);
                assert_eq!(heard.intent, intent.name, "{}: {text}", locale.tag);
            }
        }
    }
}

#[test]
fn case_accents_and_punctuation_do_not_matter() {
    let plain = heard("en-US", "find honey").0;
    assert_eq!(plain, "FindProductIntent");
    for text in ["Find HONEY!", "find, honey.", "  find   honey  "] {
        assert_eq!(heard("en-US", text).0, plain, "{text}");
    }
    assert_eq!(heard("it-IT", "si").0, heard("it-IT", "Sì!").0);
    assert_eq!(heard("ja-JP", "はい").0, "AMAZON.YesIntent");
}

#[test]
fn numbers_are_digits_or_words_up_to_twelve() {
    for (tag, words, digits) in [
        ("en-US", "twelve", "12"),
        ("de-DE", "zwölf", "12"),
        ("fr-FR", "deux", "2"),
        ("ja-JP", "三つ", "3"),
        ("ja-JP", "１２", "12"),
    ] {
        let locale = locales::find(tag).unwrap();
        assert_eq!(number(locale, &units(locale, words)).as_deref(), Some(digits), "{words}");
    }
    let english = locales::find("en-US").unwrap();
    assert_eq!(number(english, &units(english, "many")), None);
    assert_eq!(digits(english, "two, four 6 eight"), "2468");
}
