//! `pushcart skill`: the Alexa skill's package, made of what the shop sells.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::base::paths::Paths;
use pushcart::config::Config;
use pushcart::skill::Place;
use pushcart::{seed, skill};

/// The most products of a model: the newest. With their names they stay below what Amazon lets a model weigh.
const MOST_PRODUCTS: i64 = 2_000;

/// Stands in the package until somebody says where the shop really is.
const EXAMPLE: &str = "https://shop.example.com";

/// Where to.
#[derive(Args)]
pub struct Arguments {
    /// The folder that the package is written to; its `words/` is read from there, where it is there.
    #[arg(long, default_value = "skill")]
    out: PathBuf,
    /// Where Alexa's requests come in: https://…/alexa. Default: at PUSHCART_BASE_URL where that is https, else an example
    #[arg(long)]
    endpoint: Option<String>,
    /// Writes nothing: says which files are not what they would be, and fails if there are any.
    #[arg(long)]
    check: bool,
}

/// Writes the package, or holds what is there against it.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = app::open_store(config).await?;
    store.migrate().await?;
    if config.is_demo() {
        seed::plant(&store, &Clock::new(), config.currency).await?;
    }
    let products = store.offered_names(MOST_PRODUCTS + 1).await?;
    store.close().await;
    anyhow::ensure!(!products.is_empty(), "nothing is for sale yet: a skill needs products to be asked for");
    let most = usize::try_from(MOST_PRODUCTS)?;
    if products.len() > most {
        println!("only the newest {MOST_PRODUCTS} products fit into a model; the others are found on the web");
    }
    let words = |locale: &str| std::fs::read_to_string(arguments.out.join(format!("words/{locale}.toml"))).ok();
    let files = skill::package(&products[..products.len().min(most)], &place(config, arguments)?, words)?;
    let differing: Vec<&skill::File> = files
        .iter()
        .filter(|file| std::fs::read(arguments.out.join(&file.path)).ok().as_ref() != Some(&file.bytes))
        .collect();
    for file in &differing {
        let path = arguments.out.join(&file.path);
        if arguments.check {
            println!("{} is not what it would be", path.display());
        } else {
            write(&path, &file.bytes).with_context(|| format!("writing {}", path.display()))?;
            println!("wrote {}", path.display());
        }
    }
    if differing.is_empty() {
        println!("nothing to do: the package is what the shop sells");
    }
    Ok(if arguments.check && !differing.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where the package says the shop is.
fn place(config: &Config, arguments: &Arguments) -> anyhow::Result<Place> {
    let base_url = match arguments.endpoint.as_deref() {
        Some(endpoint) => endpoint
            .strip_suffix("/alexa")
            .filter(|base| base.starts_with("https://"))
            .context("--endpoint must be an address like https://shop.example.com/alexa")?,
        None if config.base_url.starts_with("https://") => &config.base_url,
        None => EXAMPLE,
    };
    let client_id = config.linking.as_ref().map_or("", |linking| &linking.client_id);
    Ok(Place::at(&Paths::new(base_url)?, client_id))
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
