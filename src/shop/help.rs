//! "What happened and what to do": every code of every provider, for everybody, searchable.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Site;
use super::browse::{BrowsePage, answer};
use super::error::PageError;
use super::extract::CartCookie;
use super::page::Chrome;
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::orders::words::ProviderWord;

/// How much of what was typed is looked at, in characters.
const MOST_TYPED: usize = 100;

/// Up to so many are unfolded at once.
const MOST_UNFOLDED: usize = 8;

/// Everything that the page can show, folded for searching once.
#[derive(Debug)]
pub struct Help {
    providers: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    name: &'static str,
    title: &'static str,
    words: Vec<(&'static ProviderWord, String)>,
}

impl Help {
    /// What the shop's providers say.
    pub fn of(ctx: &Context) -> Help {
        let listed = ctx.providers.iter().map(|provider| {
            let (name, title) = (provider.name(), provider.title());
            let words = provider.words().iter().map(|word| (word, folded(word, title)));
            Listed { name, title, words: words.collect() }
        });
        Help { providers: listed.collect() }
    }

    fn search(&self, asked: &Asked) -> Vec<Section> {
        let terms: Vec<String> = asked.q.split_whitespace().map(str::to_lowercase).collect();
        let listed = self.providers.iter().filter(|it| asked.provider.is_empty() || asked.provider == it.name);
        listed
            .map(|it| {
                let found = it.words.iter().filter(|(_, text)| terms.iter().all(|term| text.contains(term)));
                Section::of(it, found.map(|(word, _)| *word))
            })
            .filter(|section| !section.groups.is_empty())
            .collect()
    }
}

/// All that is said of a code, in small letters.
fn folded(word: &ProviderWord, provider: &str) -> String {
    let ProviderWord { group, code, title, said, meaning, rule, words } = word;
    let said = [provider, group, code, title, said, meaning.label(), rule.label()];
    let read = [words.buyer, words.seller, words.operator];
    said.into_iter().chain(read).collect::<Vec<_>>().join("\n").to_lowercase()
}

/// What was asked for, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    provider: String,
}

/// One provider's codes.
#[derive(Clone, Debug)]
struct Section {
    name: &'static str,
    title: &'static str,
    /// By where they are met.
    groups: Vec<(&'static str, Vec<&'static ProviderWord>)>,
}

impl Section {
    fn of(listed: &Listed, found: impl Iterator<Item = &'static ProviderWord>) -> Section {
        let mut groups: Vec<(&'static str, Vec<&'static ProviderWord>)> = Vec::new();
        for word in found {
            match groups.iter_mut().find(|(group, _)| *group == word.group) {
                Some((_, words)) => words.push(word),
                None => groups.push((word.group, vec![word])),
            }
        }
        Section { name: listed.name, title: listed.title, groups }
    }

    fn count(&self) -> usize {
        self.groups.iter().map(|(_, words)| words.len()).sum()
    }
}

/// The page.
#[derive(Clone, Template)]
#[template(path = "help/payments.html")]
pub struct HelpPage {
    /// The frame.
    pub chrome: Chrome,
    asked: Asked,
    /// The choice: name and title.
    providers: Vec<(&'static str, &'static str)>,
    sections: Vec<Section>,
    /// How many codes are shown, and how many there are.
    shown: usize,
    all: usize,
}

impl HelpPage {
    /// Whether a code is unfolded: where there are few, or it is the one that was asked for.
    fn is_open(&self, word: &ProviderWord) -> bool {
        self.shown <= MOST_UNFOLDED || word.code.eq_ignore_ascii_case(&self.asked.q)
    }

    /// Whether a way to the parts of the page is worth its room.
    fn has_parts(&self) -> bool {
        self.shown > MOST_UNFOLDED && self.sections.iter().map(|section| section.groups.len()).sum::<usize>() > 1
    }

    fn is_all(&self) -> bool {
        self.asked.q.is_empty() && self.asked.provider.is_empty()
    }
}

/// `GET /help/payments`.
pub async fn payments(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    cart: CartCookie,
) -> Result<Response, PageError> {
    let short = |text: &str| text.trim().chars().take(MOST_TYPED).collect::<String>();
    let asked = Asked { q: short(&asked.q), provider: short(&asked.provider) };
    let key = address(&site.ctx.paths, &asked);
    let read = async || help_page(&site, asked).await.map(|page| BrowsePage::Help(Box::new(page)));
    let kept = site.shop.catalogue().page(key, read).await?;
    answer(&kept, &cart)
}

fn address(paths: &Paths, asked: &Asked) -> String {
    paths.with_query(&paths.help_payments(), &[("q", asked.q.as_str()), ("provider", &asked.provider)])
}

async fn help_page(site: &Site, asked: Asked) -> Result<HelpPage, PageError> {
    site.shop.catalogue().know_categories(&site.ctx.store).await?;
    let help = site.shop.help();
    let sections = help.search(&asked);
    Ok(HelpPage {
        chrome: Chrome::plain(&site.ctx, &site.shop),
        providers: help.providers.iter().map(|listed| (listed.name, listed.title)).collect(),
        shown: sections.iter().map(Section::count).sum(),
        all: help.providers.iter().map(|listed| listed.words.len()).sum(),
        sections,
        asked,
    })
}
