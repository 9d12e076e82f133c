//! `pushcart skill`: the package of a shop, as its owner makes and checks it.

use std::path::{Path, PathBuf};

use crate::process::Folder;

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_package_in_the_repository_is_what_the_command_makes_of_a_fresh_demo() {
    let folder = Folder::new();
    let said = folder.run(&["skill"]).succeeds();
    assert!(said.contains("wrote skill/skill-package/skill.json"), "{said}");
    let made = folder.path().join("skill");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("skill");
    assert_eq!(files(&made).len(), 12);
    for file in files(&made) {
        let name = file.strip_prefix(&made).unwrap();
        assert!(std::fs::read(&file).unwrap() == std::fs::read(committed.join(name)).unwrap(), "{}", name.display());
    }
    assert!(folder.run(&["skill"]).succeeds().starts_with("nothing to do"));
    assert!(folder.run(&["skill", "--check"]).succeeds().starts_with("nothing to do"));
}

#[test]
fn a_package_that_is_out_of_date_is_named_and_made_anew() {
    let folder = Folder::new();
    folder.run(&["skill", "--out", "voice"]).succeeds();
    let manifest = "voice/skill-package/skill.json";
    let endpoint = ["skill", "--out", "voice", "--endpoint", "https://market.example/shop/alexa"];
    let said = folder.run(&[&endpoint[..], &["--check"]].concat()).fails();
    assert!(said.contains("skill.json is not what it would be") && !said.contains("custom/en-US.json"), "{said}");
    folder.run(&endpoint).succeeds();
    let text = std::fs::read_to_string(folder.path().join(manifest)).unwrap();
    assert!(text.contains("https://market.example/shop/help/privacy") && !text.contains("shop.example.com"), "{text}");
    assert!(folder.run(&["skill", "--endpoint", "http://market.example/alexa"]).fails().contains("--endpoint must be"));
}

#[test]
fn words_of_ones_own_are_heard_and_wrong_ones_are_named() {
    let folder = Folder::new();
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("skill/words/en-US.toml");
    let words = std::fs::read_to_string(words).unwrap();
    std::fs::create_dir_all(folder.path().join("skill/words")).unwrap();
    folder.write("skill/words/en-US.toml", &words.replace("\"what do you sell\"", "\"what's on the tables\""));
    folder.run(&["skill"]).succeeds();
    let model = folder.path().join("skill/skill-package/interactionModels/custom/en-US.json");
    assert!(std::fs::read_to_string(model).unwrap().contains("what's on the tables"));
    folder.write("skill/words/en-US.toml", &words.replace("find {product}", "find{product}"));
    let said = folder.run(&["skill"]).fails();
    assert!(said.contains("en-US: ") && said.contains("needs a space around its slot"), "{said}");
}
