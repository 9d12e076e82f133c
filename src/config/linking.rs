//! The settings of account linking: who may ask for it, and where the answer may go.

use super::{BadSetting, Environment, bad, is_loopback};
use crate::base::secret::Secret;

/// The demo's client, refused in production.
const DEMO_CLIENT_ID: &str = "pushcart-alexa";
const DEMO_SECRET: &str = "pushcart-alexa-example-secret";

/// The shortest secret that production takes, in characters.
const SHORTEST_SECRET: usize = 32;

/// As written down, all optional.
pub(super) struct Written {
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    pub redirect_urls: Option<String>,
}

/// The settings after every rule was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linking {
    /// What Amazon calls itself.
    pub client_id: String,
    /// What it proves that with.
    pub client_secret: Secret,
    /// Where the answer may go: one of them, to the letter.
    pub redirect_urls: Vec<String>,
}

impl Linking {
    /// Fills in the demo's defaults. Production that names none of it links nothing; that names a part is refused.
    pub(super) fn checked(
        written: Written,
        sandbox_url: &str,
        environment: Environment,
    ) -> Result<Option<Linking>, BadSetting> {
        let is_demo = environment == Environment::Demo;
        let Written { client_id, client_secret, redirect_urls } = written;
        let (client_id, client_secret, redirect_urls) = match (client_id, client_secret, redirect_urls) {
            (None, None, None) if !is_demo => return Ok(None),
            (Some(id), Some(secret), Some(urls)) => (id, secret, urls),
            (id, secret, urls) if is_demo => (
                id.unwrap_or_else(|| DEMO_CLIENT_ID.to_owned()),
                secret.unwrap_or_else(|| DEMO_SECRET.to_owned()),
                urls.unwrap_or_else(|| format!("{sandbox_url}/alexa/linked")),
            ),
            _ => {
                return bad(
                    "PUSHCART_ALEXA_CLIENT_ID, PUSHCART_ALEXA_CLIENT_SECRET and PUSHCART_ALEXA_REDIRECT_URLS go together",
                );
            }
        };
        if !is_demo && (client_secret == DEMO_SECRET || client_secret.chars().count() < SHORTEST_SECRET) {
            return bad(format!(
                "PUSHCART_ALEXA_CLIENT_SECRET must be a secret of your own, of {SHORTEST_SECRET} characters or more"
            ));
        }
        let redirect_urls: Vec<String> = redirect_urls.split(',').map(|url| url.trim().to_owned()).collect();
        for text in &redirect_urls {
            let url = url::Url::parse(text).ok().filter(|url| url.has_host() && url.fragment().is_none());
            let is_fine = url.is_some_and(|url| match url.scheme() {
                "https" => is_demo || !is_loopback(&url),
                "http" => is_demo && is_loopback(&url),
                _ => false,
            });
            if !is_fine {
                return bad(format!("PUSHCART_ALEXA_REDIRECT_URLS has {text:?}, but must have https addresses"));
            }
        }
        Ok(Some(Linking { client_id, client_secret: Secret::new(client_secret), redirect_urls }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(
        id: Option<&str>,
        secret: Option<&str>,
        urls: Option<&str>,
        is_demo: bool,
    ) -> Result<Option<Linking>, String> {
        let text = |it: Option<&str>| it.map(str::to_owned);
        let written = Written { client_id: text(id), client_secret: text(secret), redirect_urls: text(urls) };
        let environment = if is_demo { Environment::Demo } else { Environment::Production };
        Linking::checked(written, "http://127.0.0.1:3001", environment).map_err(|error| error.0)
    }

    #[test]
    fn the_demo_links_to_the_sandbox_and_production_names_all_or_nothing() {
        let demo = checked(None, None, None, true).unwrap().unwrap();
        assert_eq!(demo.redirect_urls, ["http://127.0.0.1:3001/alexa/linked"]);
        assert_eq!(checked(None, None, None, false), Ok(None));
        let secret = "a".repeat(SHORTEST_SECRET);
        let urls = "https://pitangui.amazon.com/api/skill/link/M1, https://layla.amazon.com/api/skill/link/M1";
        let live = checked(Some("alexa"), Some(&secret), Some(urls), false).unwrap().unwrap();
        assert_eq!(live.redirect_urls.len(), 2);
        assert!(!format!("{live:?}").contains(&secret));
        assert!(checked(Some("alexa"), Some(&secret), None, false).unwrap_err().contains("go together"));
    }

    #[test]
    fn production_refuses_the_example_secret_short_ones_and_addresses_that_anybody_can_listen_at() {
        let secret = "a".repeat(SHORTEST_SECRET);
        let with = |secret: &str, url: &str| checked(Some("alexa"), Some(secret), Some(url), false);
        assert!(with(&secret, "https://layla.amazon.com/link").is_ok());
        for short in [DEMO_SECRET, "short"] {
            assert!(
                with(short, "https://layla.amazon.com/link").unwrap_err().contains("secret of your own"),
                "{short}"
            );
        }
        for url in ["http://layla.amazon.com/link", "https://127.0.0.1/link", "https://a.example/#x", "app:link", ""] {
            assert!(with(&secret, url).unwrap_err().contains("https addresses"), "{url}");
        }
    }
}
