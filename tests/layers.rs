//! The picture of who may import whom, held against the code, so that it cannot rot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(&src).unwrap().display().to_string();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Room by room, whom it may use: the first table of `docs/architecture.md` with these headings.
fn table() -> BTreeMap<String, Vec<String>> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    let rows = page.split("| room | may use |\n| --- | --- |\n").nth(1).expect("the table of rooms");
    rows.lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let may_use = cells[1].split(',').map(|room| room.trim().to_owned()).filter(|room| !room.is_empty());
            (cells[0].to_owned(), may_use.collect())
        })
        .collect()
}

/// The rooms that a line names as `crate::room`.
fn rooms_named(line: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let names = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            rooms.push(name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
        }
    }
    rooms
}

#[test]
fn nobody_imports_from_a_room_above_their_own() {
    let table = table();
    let mut strays = Vec::new();
    for (file, text) in sources() {
        // Tests beside the code set the stage with whatever they need.
        if file.ends_with("/tests.rs") || file.contains("/tests/") {
            continue;
        }
        let room = file.split(['/', '.']).next().unwrap().to_owned();
        let Some(may_use) = table.get(&room) else {
            assert!(matches!(room.as_str(), "lib" | "main" | "commands"), "{room} is not in the table of rooms");
            continue;
        };
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for named in rooms_named(line) {
                let is_room = table.contains_key(&named);
                if is_room && named != room && !may_use.contains(&named) {
                    strays.push(format!("src/{file}:{number} uses {named}: {}", line.trim()));
                }
            }
        }
    }
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn sql_lives_in_the_store_and_begins_there() {
    for (file, text) in sources() {
        let is_store = file.starts_with("store/") || file.starts_with("sandbox/") && file.contains("state");
        for (number, line) in (1..).zip(text.lines()) {
            let is_sql = ["INSERT INTO ", "DELETE FROM ", "SELECT "].iter().any(|word| line.contains(word));
            assert!(is_store || !is_sql, "SQL outside of the store: src/{file}:{number}: {}", line.trim());
            let is_shop = !file.starts_with("sandbox/");
            assert!(
                !is_shop || !line.contains(".begin()"),
                "a transaction that SQLite would refuse: src/{file}:{number}"
            );
            assert!(!line.contains("SKIP LOCKED"), "PostgreSQL only: src/{file}:{number}");
        }
    }
}

#[test]
fn columns_are_text_or_bigint() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for folder in [folder.clone(), folder.join("sandbox")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|kind| kind != "sql") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for kind in
                ["INTEGER", "BOOLEAN", "TIMESTAMP", "REAL", "NUMERIC", "DOUBLE", "JSON", "BLOB", "BYTEA", "SERIAL"]
            {
                let is_used = text.lines().any(|line| !line.starts_with("--") && line.contains(&format!(" {kind}")));
                assert!(!is_used, "{}: {kind}", path.display());
            }
        }
    }
}

#[test]
fn money_is_never_a_float() {
    for (file, text) in sources() {
        let is_money = file.starts_with("base/money") || file.starts_with("orders/") || file.starts_with("market/");
        assert!(!is_money || !text.contains("f64") && !text.contains("f32"), "a float in src/{file}");
    }
}
