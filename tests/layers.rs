//! What `docs/architecture.md` promises about the rooms of `src`, held against the code, so that
//! neither the picture nor the rules can rot. Every failure names file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A file past 300 lines usually holds two ideas. The longest there are may stay; none may outgrow them.
const LONGEST: usize = 400;

/// One file of `src`.
struct Source {
    /// From `src` on: `flows/refund.rs`.
    name: String,
    /// All of it, comments blanked out, line by line where it stood.
    code: String,
    /// Where its tests begin. Tests may look everywhere; 0 for a file that is nothing else.
    tests_from: usize,
    lines: usize,
}

impl Source {
    fn read(src: &Path, path: &Path) -> Source {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(src).unwrap().display().to_string();
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().map(|line| if is_comment(&line) { "" } else { line }).collect();
        let inline_tests = code.windows(2).position(|pair| is_test_mark(pair[0]) && pair[1].ends_with('{'));
        let tests_from = inline_tests.map_or(usize::MAX, |line| line + 1);
        Source { lines: code.len(), name, code: code.join("\n"), tests_from }
    }

    /// The files of modules that are declared for tests only: `pay/fps/canned.rs`.
    fn test_files(&self) -> Vec<String> {
        let (folder, stem) =
            self.name.rsplit_once('/').map_or(("", self.name.as_str()), |(folder, file)| (folder, file));
        let stem = stem.trim_end_matches(".rs");
        let inside =
            if matches!(stem, "mod" | "lib" | "main") { folder.to_owned() } else { format!("{folder}/{stem}") };
        let lines: Vec<&str> = self.code.lines().collect();
        let declared = lines.windows(2).filter(|pair| is_test_mark(pair[0]) && pair[1].ends_with(';'));
        declared
            .filter_map(|pair| pair[1].split("mod ").nth(1))
            .map(|name| format!("{inside}/{}", name.trim_end_matches(';')))
            .collect()
    }

    /// The first folder or file name: `flows`, `app`.
    fn room(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap()
    }

    /// The lines that are not tests, numbered from 1.
    fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.lines()).filter(|(number, _)| *number < self.tests_from)
    }

    fn at(&self, number: usize, line: &str) -> String {
        format!("src/{}:{number}: {}", self.name, line.trim())
    }

    /// Where SQL may stand: in the store, and where the sandbox keeps its own state.
    fn holds_sql(&self) -> bool {
        self.room() == "store" || self.room() == "sandbox" && self.name.contains("state")
    }
}

fn sources() -> Vec<Source> {
    let src = repository().join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found.sort();
    let mut sources: Vec<Source> = found.iter().map(|path| Source::read(&src, path)).collect();
    let for_tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    for source in &mut sources {
        let is_for_tests =
            |file: &String| source.name == format!("{file}.rs") || source.name.starts_with(&format!("{file}/"));
        if for_tests.iter().any(is_for_tests) {
            source.tests_from = 0;
        }
    }
    sources
}

fn is_test_mark(line: &str) -> bool {
    line.trim() == "#[cfg(test)]"
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

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

/// The table of `docs/architecture.md` with this heading: first cell, then the words of the second.
fn table(heading: &str) -> BTreeMap<String, Vec<String>> {
    let page = std::fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    let top = format!("{heading}\n| --- | --- |\n");
    let rows = page.split(&top).nth(1).unwrap_or_else(|| panic!("no table {heading} in docs/architecture.md"));
    rows.lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> =
                line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            let words = cells[1].split(',').map(|word| word.trim().trim_matches('`').to_owned());
            (cells[0].to_owned(), words.filter(|word| !word.is_empty()).collect())
        })
        .collect()
}

/// What `crate::…` names, with the line it stands on: one path per name, braces opened.
fn paths_named(code: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let is_other = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        if is_other {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => named.extend(outer_items(list).into_iter().map(|path| (line, path))),
            None => named.push((line, path_of(rest))),
        }
    }
    named
}

/// The items of a braced list, up to its end; what is braced inside of one is left out.
fn outer_items(list: &str) -> Vec<String> {
    let (mut depth, mut items, mut item) = (0, Vec::new(), String::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    items.push(item);
    items.iter().map(|item| path_of(item.trim())).filter(|path| !path.is_empty()).collect()
}

fn path_of(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == ':').collect()
}

fn none(strays: &[String], what: &str) {
    assert!(strays.is_empty(), "{what}:\n{}\n", strays.join("\n"));
}

#[test]
fn nobody_imports_from_a_room_above_their_own() {
    let table = table("| room | may use |");
    let mut strays = Vec::new();
    for source in sources() {
        let room = source.room();
        let Some(may_use) = table.get(room) else {
            assert!(matches!(room, "lib" | "main" | "commands"), "{room} is not in the table of rooms");
            continue;
        };
        for (line, path) in paths_named(&source.code).into_iter().filter(|(line, _)| *line < source.tests_from) {
            let named = path.split("::").next().unwrap_or_default();
            if table.contains_key(named) && named != room && !may_use.iter().any(|allowed| allowed == named) {
                strays.push(source.at(line, &format!("{room} may not use crate::{path}")));
            }
        }
    }
    none(&strays, "against the table of rooms in docs/architecture.md");
}

#[test]
fn the_table_of_rooms_is_the_code() {
    let table = table("| room | may use |");
    for source in sources() {
        let room = source.room().to_owned();
        let is_listed = table.contains_key(&room) || matches!(room.as_str(), "lib" | "main" | "commands");
        assert!(is_listed, "docs/architecture.md does not know src/{}", source.name);
    }
    for (room, may_use) in &table {
        let src = repository().join("src");
        let is_there = src.join(room).is_dir() || src.join(format!("{room}.rs")).is_file();
        assert!(is_there, "docs/architecture.md has a room {room} that is not in src");
        for other in may_use {
            assert!(table.contains_key(other), "docs/architecture.md: {room} may use {other}, which is no room");
        }
    }
}

#[test]
fn rooms_keep_to_their_own_crates() {
    let never = table("| room | never names the crates |");
    let mut strays = Vec::new();
    for source in sources() {
        let Some(banned) = never.get(source.room()) else { continue };
        for (number, line) in source.shipped() {
            let is_named = |name: &&String| {
                let path = format!("{name}::");
                line.match_indices(&path)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            };
            if let Some(name) = banned.iter().find(is_named) {
                strays.push(source.at(number, &format!("{} may not use the crate {name}", source.room())));
            }
        }
    }
    none(&strays, "against the table of crates in docs/architecture.md");
}

#[test]
fn what_decides_does_not_wait() {
    let mut strays = Vec::new();
    for source in sources().iter().filter(|source| matches!(source.room(), "market" | "orders")) {
        for (number, line) in source.shipped().filter(|(_, line)| line.contains("async ") || line.contains(".await")) {
            strays.push(source.at(number, line));
        }
    }
    none(&strays, "market and orders are pure");
}

#[test]
fn only_app_names_a_concrete_provider() {
    let mut strays = Vec::new();
    for source in sources() {
        let own =
            source.name.strip_prefix("pay/").and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
        for (line, path) in paths_named(&source.code).into_iter().filter(|(line, _)| *line < source.tests_from) {
            let mut parts = path.split("::").skip_while(|part| *part != "pay").skip(1);
            let provider = parts.next().unwrap_or_default();
            let is_provider = !provider.is_empty() && repository().join("src/pay").join(provider).is_dir();
            if is_provider && provider != own && source.room() != "app" {
                strays.push(source.at(line, &format!("crate::{path}")));
            }
        }
    }
    none(&strays, "concrete providers outside of app");
}

#[test]
fn sql_lives_in_the_store() {
    let mut strays = Vec::new();
    for source in sources().iter().filter(|source| !source.holds_sql()) {
        for (number, line) in source.shipped() {
            let is_update = line.contains("UPDATE ") && line.contains(" SET");
            let is_sql = ["INSERT INTO ", "DELETE FROM ", "SELECT "].iter().any(|word| line.contains(word));
            if is_sql || is_update {
                strays.push(source.at(number, line));
            }
        }
    }
    none(&strays, "SQL outside of the store");
}

#[test]
fn one_sql_for_two_databases() {
    const ELSEWHERE: [(&str, &str); 8] = [
        ("SKIP LOCKED", "PostgreSQL only; claim with a guarded update"),
        ("FOR UPDATE", "PostgreSQL only; update the row you want to lock"),
        ("json_", "spelled differently; keep JSON as text and read it in Rust"),
        ("jsonb", "PostgreSQL only; keep JSON as text and read it in Rust"),
        ("ILIKE", "PostgreSQL only; fold the words in Rust"),
        ("AUTOINCREMENT", "SQLite only; ids are made in Rust"),
        ("INSERT OR ", "SQLite only; use ON CONFLICT"),
        ("RETURNING *", "the order of columns is nobody's promise; name them"),
    ];
    let mut strays = Vec::new();
    for source in sources().iter().filter(|source| source.holds_sql() || source.room() == "flows") {
        for (number, line) in source.shipped() {
            for (word, why) in ELSEWHERE.iter().filter(|(word, _)| line.replace("serde_json", "").contains(word)) {
                strays.push(format!("{} ({word}: {why})", source.at(number, line)));
            }
        }
    }
    none(&strays, "not the same on SQLite and PostgreSQL");
}

#[test]
fn writes_begin_through_one_helper() {
    // The sandbox is another party and has a helper of its own.
    let mut strays = Vec::new();
    for source in sources().iter().filter(|source| source.room() != "sandbox") {
        for (number, line) in source.shipped().filter(|(_, line)| line.contains(".begin()")) {
            strays.push(source.at(number, line));
        }
    }
    none(&strays, "deferred on SQLite, where a read that turns into a write fails; use Store::write");
}

#[test]
fn columns_are_text_or_bigint() {
    let mut strays = Vec::new();
    for folder in ["migrations", "migrations/sandbox"] {
        for entry in std::fs::read_dir(repository().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "sql") {
                let text = std::fs::read_to_string(&path).unwrap();
                let named = path.strip_prefix(repository()).unwrap().display().to_string();
                strays.extend(odd_columns(&text).into_iter().map(|(line, column)| format!("{named}:{line}: {column}")));
            }
        }
    }
    none(&strays, "a column that is neither TEXT nor BIGINT");
}

/// Columns of `CREATE TABLE`, one a line, and of `ADD COLUMN`, that have another type.
fn odd_columns(sql: &str) -> Vec<(usize, String)> {
    const NO_COLUMN: [&str; 6] = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT", ")"];
    let (mut odd, mut is_inside) = (Vec::new(), false);
    for (number, line) in (1..).zip(sql.lines()) {
        let line = line.split("--").next().unwrap_or_default().trim();
        let column = match line.split_once("ADD COLUMN ") {
            Some((_, column)) => column,
            None if line.starts_with("CREATE TABLE") => {
                is_inside = true;
                // A table on one line would pass unseen.
                let is_open = line.ends_with('(');
                if is_open { "" } else { line }
            }
            None if line.starts_with(')') => {
                is_inside = false;
                ""
            }
            None if is_inside => line,
            None => "",
        };
        let mut words = column.split_whitespace();
        let (Some(name), kind) = (words.next(), words.next().unwrap_or_default()) else { continue };
        let kind = kind.trim_end_matches([',', ';']);
        if !NO_COLUMN.iter().any(|word| name.starts_with(word)) && !matches!(kind, "TEXT" | "BIGINT") {
            odd.push((number, column.to_owned()));
        }
    }
    odd
}

#[test]
fn money_is_never_a_float() {
    let mut strays = Vec::new();
    let is_money = |source: &&Source| source.name == "base/money.rs" || matches!(source.room(), "orders" | "market");
    for source in sources().iter().filter(is_money) {
        for (number, line) in (1..).zip(source.code.lines()) {
            if line.contains("f64") || line.contains("f32") {
                strays.push(source.at(number, line));
            }
        }
    }
    none(&strays, "a float where money is");
}

#[test]
fn a_file_fits_in_the_head() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines > LONGEST)
        .map(|source| format!("src/{}: {} lines", source.name, source.lines))
        .collect();
    none(&long, "longer than any file was");
}

#[test]
fn the_readme_lists_every_setting_and_no_other() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let table = readme.split("## Settings").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the settings");
    let config = sources().into_iter().find(|source| source.name == "config.rs").unwrap();
    let there: BTreeSet<&str> = names(config.code.split("const TEST_VARIABLES").next().unwrap());
    let listed: BTreeSet<&str> = names(table);
    let differing: Vec<String> = there.symmetric_difference(&listed).map(|name| (*name).to_owned()).collect();
    none(&differing, "in src/config.rs or in the README, but not in both");
}

/// Every `PUSHCART_…` in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let is_other = |c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    text.split(is_other).filter(|word| word.starts_with("PUSHCART_")).collect()
}

#[test]
fn these_tests_see_what_they_look_for() {
    let code = "use crate::{\n    flows::{Context, run},\n    store,\n};\nlet x = crate::pay::fps::Client;\n$crate::no";
    let named: Vec<String> = paths_named(code).into_iter().map(|(line, path)| format!("{line} {path}")).collect();
    assert_eq!(named, ["1 flows::", "1 store", "5 pay::fps::Client"]);
    let sql = "CREATE TABLE a (\n    id TEXT,\n    at TIMESTAMP NOT NULL,\n    PRIMARY KEY (id)\n);\nALTER TABLE a ADD COLUMN b REAL;";
    assert_eq!(odd_columns(sql).len(), 2);
}
