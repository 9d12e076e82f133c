//! The package in the repository, held against what makes it and against the demo market.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::model::{BUILT_IN, InteractionModelFile};
use super::*;
use crate::seed;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("skill")
}

fn brought_along(products: &[Named]) -> Vec<File> {
    package(products, |_| None).unwrap()
}

/// The model as it is made, read back; the first test says that it is the one in the repository.
fn model(locale: &str) -> InteractionModelFile {
    let files = brought_along(&seed::catalogue().unwrap());
    let path = format!("skill-package/interactionModels/custom/{locale}.json");
    serde_json::from_slice(&files.iter().find(|file| file.path == path).unwrap().bytes).unwrap()
}

/// `UPDATE_SKILL=1 cargo test package` writes it anew.
#[test]
fn the_package_of_the_repository_is_that_of_the_demo_market() {
    for file in brought_along(&seed::catalogue().unwrap()) {
        let path = folder().join(&file.path);
        if std::env::var_os("UPDATE_SKILL").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &file.bytes).unwrap();
        }
        let there = std::fs::read(&path).unwrap_or_default();
        assert!(there == file.bytes, "UPDATE_SKILL=1 writes {} anew", file.path);
    }
}

#[test]
fn what_can_be_asked_for_is_what_is_sold_and_nothing_else() {
    let sold: BTreeSet<(String, String)> =
        seed::catalogue().unwrap().into_iter().map(|product| (product.slug, product.title)).collect();
    for locale in LOCALES {
        let types = model(locale).interaction_model.language_model.types;
        let values = types.iter().find(|it| it.name == model::PRODUCT).unwrap();
        let asked: Vec<(String, String)> =
            values.values.iter().map(|value| (value.id.clone(), value.name.value.clone())).collect();
        assert_eq!(asked.len(), sold.len(), "{locale} has a product twice");
        assert_eq!(asked.into_iter().collect::<BTreeSet<_>>(), sold, "{locale}");
    }
}

#[test]
fn every_product_of_the_demo_has_a_name_that_people_say() {
    for locale in LOCALES {
        let words = Words::read(locale, None).unwrap();
        let sold: BTreeSet<String> = seed::catalogue().unwrap().into_iter().map(|product| product.slug).collect();
        assert_eq!(words.products.keys().cloned().collect::<BTreeSet<_>>(), sold, "{locale}");
        for value in &model(locale).interaction_model.language_model.types[0].values {
            assert!(!value.name.synonyms.is_empty(), "{locale}: nobody says “{}”", value.name.value);
        }
    }
}

#[test]
fn every_intent_is_understood_in_every_locale() {
    for locale in LOCALES {
        let model = model(locale);
        assert_eq!(rules::faults(&model, locale), [""; 0], "{locale}");
        let language = model.interaction_model.language_model;
        assert_eq!(language.intents.len(), BUILT_IN.len() + 10, "{locale}");
        for intent in language.intents.iter().filter(|intent| !intent.name.starts_with("AMAZON.")) {
            assert!(intent.samples.len() >= 10, "{locale}: {} has {}", intent.name, intent.samples.len());
            let begins_with_slot = intent.samples.iter().all(|sample| sample.starts_with('{'));
            assert!(!begins_with_slot, "{locale}: {} always begins with a slot", intent.name);
        }
        assert_eq!(language.invocation_name, INVOCATION_NAME);
    }
}

/// Each fault is put into a model that has none.
#[test]
fn what_amazon_refuses_is_found_before_it_is_deployed() {
    let sound = model("en-US");
    let cases: [(&str, fn(&mut InteractionModelFile)); 14] = [
        ("small letters", |it| it.interaction_model.language_model.invocation_name = "Pushcart market".into()),
        ("two words", |it| it.interaction_model.language_model.invocation_name = "pushcart".into()),
        ("“alexa” in it", |it| it.interaction_model.language_model.invocation_name = "alexa market".into()),
        ("AMAZON.HelpIntent is missing", |it| drop(it.interaction_model.language_model.intents.remove(0))),
        ("a space around", |it| add(it, "find{product}")),
        ("a space too many", |it| add(it, "find  {product}")),
        ("nothing else", |it| add(it, "{product}")),
        ("unknown slot", |it| add(it, "find {colour}")),
        ("nobody says", |it| add(it, "do you have {product} now?")),
        ("too long", |it| add(it, &"find ".repeat(50))),
        ("belongs to", |it| add(it, "check out")),
        ("stands there twice", |it| {
            let values = &mut it.interaction_model.language_model.types[0].values;
            values[1].id = values[0].id.clone();
        }),
        ("stands for accordion and for", |it| {
            it.interaction_model.language_model.types[0].values[1].name.synonyms.push("Accordion!".into());
            it.interaction_model.language_model.types[0].values[0].name.value = "Accordion".into();
        }),
        ("nobody asks", |it| it.interaction_model.prompts.clear()),
    ];
    for (what, damage) in cases {
        let mut damaged = sound.clone();
        damage(&mut damaged);
        let faults = rules::faults(&damaged, "en-US");
        assert!(faults.iter().any(|fault| fault.contains(what)), "{what}: {faults:?}");
    }
}

fn add(model: &mut InteractionModelFile, sample: &str) {
    let intents = &mut model.interaction_model.language_model.intents;
    intents.iter_mut().find(|intent| intent.name == "FindProductIntent").unwrap().samples.push(sample.to_owned());
}

#[test]
fn a_shop_of_its_own_gets_a_model_of_its_own() {
    let mug = Named { slug: "mug".into(), title: "Mug, chipped".into(), seller: "Ana".into() };
    let files = brought_along(&[mug]);
    let file: InteractionModelFile = serde_json::from_slice(&files[0].bytes).unwrap();
    let values = &file.interaction_model.language_model.types[0].values;
    assert_eq!((values.len(), values[0].id.as_str()), (1, "mug"));
    assert_eq!(values[0].name.synonyms, ["Mug"]);
    let refused = package(&[], |_| None).unwrap_err().to_string();
    assert!(refused.contains("PRODUCT has no values"), "{refused}");
    let unreadable = package(&[], |_| Some("samples = 1".to_owned())).unwrap_err().to_string();
    assert!(unreadable.starts_with("words/en-US.toml: "), "{unreadable}");
}
