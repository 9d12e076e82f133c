//! The package in the repository, held against what makes it and against the demo market.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::manifest::ManifestFile;
use super::model::{BUILT_IN, InteractionModelFile};
use super::*;
use crate::seed;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("skill")
}

fn brought_along(products: &[Named]) -> Vec<File> {
    package(products, &place(), |_| None).unwrap()
}

/// What `pushcart skill` takes where nobody says where the shop is.
fn place() -> Place {
    Place::at(&Paths::new("https://shop.example.com").unwrap(), "pushcart-alexa")
}

fn made<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let files = brought_along(&seed::catalogue().unwrap());
    serde_json::from_slice(&files.iter().find(|file| file.path == path).unwrap().bytes).unwrap()
}

/// The model as it is made, read back; the first test says that it is the one in the repository.
fn model(locale: &str) -> InteractionModelFile {
    made(&format!("skill-package/interactionModels/custom/{locale}.json"))
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

type Damage = fn(&mut InteractionModelFile);

/// Each fault is put into a model that has none.
#[test]
fn what_amazon_refuses_is_found_before_it_is_deployed() {
    let sound = model("en-US");
    let cases: [(&str, Damage); 14] = [
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
            let values = &mut it.interaction_model.language_model.types[0].values;
            let own = values.iter().position(|value| value.id == "accordion").unwrap();
            values[own].name.value = "Accordion".into();
            values[own + 1].name.synonyms.push("Accordion!".into());
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
    let refused = package(&[], &place(), |_| None).unwrap_err().to_string();
    assert!(refused.contains("PRODUCT has no values"), "{refused}");
    let unreadable = package(&[], &place(), |_| Some("samples = 1".to_owned())).unwrap_err().to_string();
    assert!(unreadable.starts_with("words/en-US.toml: "), "{unreadable}");
}

/// Amazon's fixed sentence about the voice code. Source: developer.amazon.com, "Certify your Skill with Amazon Pay".
const NOTICES: [(&str, &str); 7] = [
    (
        "en-US",
        "This skill uses Amazon Pay to process your payments. To help protect against unwanted ordering, you can enable a four-digit voice code under Settings in the Alexa app.",
    ),
    (
        "en-GB",
        "This skill uses Amazon Pay to process your payments. To help protect against unwanted ordering, you can enable a four-digit voice code under Settings in the Alexa app.",
    ),
    (
        "de-DE",
        "Dieser Skill verwendet Amazon Pay, um Ihre Zahlungen zu verarbeiten. Zum Schutz vor unerwünschten Bestellungen, können Sie in der Alexa App unter Einstellungen einen vierstelligen Sprachcode vergeben.",
    ),
    (
        "fr-FR",
        "Cette Skill utilise Amazon Pay pour traiter vos paiements. Pour vous protéger des commandes non souhaitées, vous pouvez activer un code vocal à quatre chiffres sous Paramètres dans l'application Alexa.",
    ),
    (
        "it-IT",
        "Questa Skill usa Amazon Pay per elaborare i tuoi pagamenti. Per evitare ordini indesiderati, è possibile abilitare un codice vocale di quattro cifre accedendo alla sezione Impostazioni dell'app Alexa.",
    ),
    (
        "es-ES",
        "Esta Skill utiliza Amazon Pay para procesar tus pagos. Para evitar pedidos no deseados, puedes activar un código de voz de cuatro dígitos en Configuración en la aplicación de Alexa.",
    ),
    (
        "ja-JP",
        "このスキルは、Amazon Payを使用して支払いを処理します。意図しないご注文を避けるために、Alexaアプリの「設定」から4桁の確認コードを設定することができます。",
    ),
];

#[test]
fn the_store_page_says_in_every_language_what_amazon_demands() {
    let ManifestFile { manifest } = made("skill-package/skill.json");
    assert_eq!(rules::page_faults(&ManifestFile { manifest: manifest.clone() }), [""; 0]);
    let pages = &manifest.publishing_information.locales;
    assert_eq!(pages.len(), LOCALES.len());
    for (locale, notice) in NOTICES {
        assert!(pages[locale].description.ends_with(notice), "{locale}");
        let privacy = &manifest.privacy_and_compliance.locales[locale];
        assert_eq!(privacy.privacy_policy_url, "https://shop.example.com/help/privacy");
    }
    let privacy = &manifest.privacy_and_compliance;
    assert!(privacy.allows_purchases && privacy.uses_personal_info && privacy.is_export_compliant);
    assert!(!privacy.is_child_directed && !privacy.contains_ads);
    let permissions: Vec<&str> = manifest.permissions.iter().map(|permission| permission.name.as_str()).collect();
    assert_eq!(permissions, ["payments:autopay_consent"]);
    let regions: Vec<&str> = manifest.apis.custom.regions.keys().map(String::as_str).collect();
    assert_eq!(regions, ["EU", "FE", "NA"]);
    for region in manifest.apis.custom.regions.values() {
        assert_eq!(region.endpoint.uri, "https://shop.example.com/alexa");
    }
}

#[test]
fn an_example_phrase_is_one_that_the_model_understands() {
    let ManifestFile { manifest } = made("skill-package/skill.json");
    for locale in LOCALES {
        let language = model(locale).interaction_model.language_model;
        let wishes: Vec<String> = manifest.publishing_information.locales[locale].example_phrases[1..]
            .iter()
            .map(|phrase| phrase.split_once(INVOCATION_NAME).unwrap().1.to_lowercase())
            .collect();
        let names: Vec<String> = language.types[0]
            .values
            .iter()
            .flat_map(|value| std::iter::once(&value.name.value).chain(&value.name.synonyms))
            .map(|name| name.to_lowercase())
            .collect();
        let samples: Vec<String> =
            language.intents.iter().flat_map(|intent| intent.samples.clone()).map(|it| it.to_lowercase()).collect();
        for wish in wishes {
            let is_said = |said: &str| wish.replace(' ', "").ends_with(&said.replace(' ', ""));
            let with_name = |sample: &String| names.iter().any(|name| is_said(&sample.replace("{product}", name)));
            let understood = samples.iter().any(|sample| match sample.contains("{product}") {
                true => with_name(sample),
                false => is_said(sample),
            });
            assert!(understood, "{locale}: nobody understands “{wish}”");
        }
    }
}

#[test]
fn the_icons_are_pictures_of_the_size_that_amazon_asks() {
    for (icon, size) in [(SMALL_ICON, 108), (LARGE_ICON, 512)] {
        let picture = image::load_from_memory_with_format(icon, image::ImageFormat::Png).unwrap();
        assert_eq!((picture.width(), picture.height()), (size, size));
    }
}

#[test]
fn a_link_is_asked_for_where_the_shop_answers_and_the_secret_stays_at_home() {
    let linking: manifest::AccountLinkingFile = made("skill-package/accountLinking.json");
    let asked = linking.account_linking_request;
    assert_eq!(asked.authorization_url, "https://shop.example.com/oauth/authorize");
    assert_eq!(asked.access_token_url, "https://shop.example.com/oauth/token");
    assert_eq!((asked.kind.as_str(), asked.access_token_scheme.as_str()), ("AUTH_CODE", "HTTP_BASIC"));
    assert_eq!(
        (asked.client_id.as_str(), asked.scopes.as_slice()),
        ("pushcart-alexa", ["orders".to_owned()].as_slice())
    );
    let resources: manifest::AskResources = made("ask-resources.json");
    let src = &resources.profiles["default"].skill_metadata.src;
    assert!(folder().join(src).join("skill.json").is_file(), "{src}");
}
