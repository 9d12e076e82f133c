//! Every setting, in one place. Flags beat environment, environment beats `pushcart.toml`, that
//! beats the defaults; anything unknown or wrong stops the start with one clear line.

mod alexa;
mod amazon_pay;
mod contact;
mod fps;
mod linking;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use self::alexa::Alexa;
pub use self::amazon_pay::{AmazonPay, KeyFile};
pub use self::linking::Linking;
use crate::base::money::Currency;
use crate::base::secret::Secret;

/// The well-known example pair of Amazon's documentation; the demo's keys, refused in production.
pub const EXAMPLE_ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const EXAMPLE_SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident, $env:literal;)+) => {
        /// The settings as they are written down, all optional: the flag `--data-dir`, the variable
        /// `PUSHCART_DATA_DIR` and the line `data_dir = "…"` in `pushcart.toml` are the same one.
        #[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Written {
            $($(#[doc = $doc])+
            #[arg(long, env = $env, global = true, hide_env_values = true)]
            pub $name: Option<String>,)+
        }

        const VARIABLES: &[&str] = &[$($env),+];

        impl Written {
            fn or(self, other: Written) -> Written {
                Written { $($name: self.$name.or(other.$name)),+ }
            }
        }
    };
}

settings! {
    /// Where databases and keys are kept. Default: data
    data_dir, "PUSHCART_DATA_DIR";
    /// The shop's database, sqlite://… or postgres://…. Default: sqlite://DATA_DIR/shop.db
    database_url, "PUSHCART_DATABASE_URL";
    /// Where the shop listens. Default: 127.0.0.1:3000
    listen, "PUSHCART_LISTEN";
    /// How the world reaches the shop. Default: http://localhost:3000, with the port of LISTEN
    base_url, "PUSHCART_BASE_URL";
    /// Where the sandbox listens. Default: 127.0.0.1:3001
    sandbox_listen, "PUSHCART_SANDBOX_LISTEN";
    /// Where the sandbox listens over TLS. Default: 127.0.0.1:3443, and none where SANDBOX_LISTEN is set
    sandbox_tls_listen, "PUSHCART_SANDBOX_TLS_LISTEN";
    /// How the shop and its visitors reach the sandbox. Default: http://127.0.0.1:3001, with the port of SANDBOX_LISTEN
    sandbox_url, "PUSHCART_SANDBOX_URL";
    /// The sandbox's own database. Default: sqlite://DATA_DIR/sandbox.db
    sandbox_database_url, "PUSHCART_SANDBOX_DATABASE_URL";
    /// Where the FPS API answers. Default: the sandbox
    fps_api_url, "PUSHCART_FPS_API_URL";
    /// Where the co-branded pages are. Default: the sandbox
    fps_cbui_url, "PUSHCART_FPS_CBUI_URL";
    /// The FPS access key id.
    fps_access_key, "PUSHCART_FPS_ACCESS_KEY";
    /// The FPS secret key.
    fps_secret_key, "PUSHCART_FPS_SECRET_KEY";
    /// The second access key id, while keys are rotated.
    fps_access_key_2, "PUSHCART_FPS_ACCESS_KEY_2";
    /// The second secret key.
    fps_secret_key_2, "PUSHCART_FPS_SECRET_KEY_2";
    /// Where Amazon Pay answers. Default: the sandbox in the demo, the region's own address in production
    amazon_pay_url, "PUSHCART_AMAZON_PAY_URL";
    /// The id of the key pair at Amazon Pay.
    amazon_pay_public_key_id, "PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID";
    /// The private key, a PEM file. Default in the demo: DATA_DIR/keys/amazon-pay.pem, made on the first start
    amazon_pay_private_key_file, "PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE";
    /// The id of the second key pair, while keys are rotated.
    amazon_pay_public_key_id_2, "PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID_2";
    /// The second private key.
    amazon_pay_private_key_file_2, "PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE_2";
    /// The merchant account at Amazon Pay.
    amazon_pay_merchant_id, "PUSHCART_AMAZON_PAY_MERCHANT_ID";
    /// The store at Amazon Pay.
    amazon_pay_store_id, "PUSHCART_AMAZON_PAY_STORE_ID";
    /// What completing a checkout does to the money: Confirm (nothing), Authorize (hold it) or AuthorizeWithCapture (take it). Default: Confirm
    amazon_pay_payment_intent, "PUSHCART_AMAZON_PAY_PAYMENT_INTENT";
    /// Whether Amazon may take up to 24 hours to decide about a hold, true or false. Default: false
    amazon_pay_can_handle_pending_authorization, "PUSHCART_AMAZON_PAY_CAN_HANDLE_PENDING_AUTHORIZATION";
    /// na, eu or jp. Default: the region that CURRENCY is at home in: na for USD, jp for JPY, eu for all others
    amazon_pay_region, "PUSHCART_AMAZON_PAY_REGION";
    /// true where the account, of the region eu, may take other currencies than EUR and GBP. Default: true in the demo's eu, else false
    amazon_pay_multi_currency, "PUSHCART_AMAZON_PAY_MULTI_CURRENCY";
    /// The skill whose requests are answered. Default in the demo: amzn1.ask.skill.pushcart-demo; in production no skill
    alexa_application_id, "PUSHCART_ALEXA_APPLICATION_ID";
    /// The root that the certificates of Alexa's requests lead to, a PEM file. Default: the sandbox's in the demo, the public web roots in production
    alexa_trust_root, "PUSHCART_ALEXA_TRUST_ROOT";
    /// Where verified certificate addresses are really fetched from. Default: the sandbox in the demo, unset in production
    alexa_cert_base_url, "PUSHCART_ALEXA_CERT_BASE_URL";
    /// Where the merchant of voice orders is established, two letters. Default: US or JP after the region, DE in the demo's eu
    alexa_country_of_establishment, "PUSHCART_ALEXA_COUNTRY_OF_ESTABLISHMENT";
    /// The test buyer of voice orders at the Amazon Pay sandbox. Default: ana@amazon-buyers.example
    alexa_sandbox_customer_email, "PUSHCART_ALEXA_SANDBOX_CUSTOMER_EMAIL";
    /// What Amazon calls itself when an account is linked to the Alexa skill. Default in the demo: pushcart-alexa
    alexa_client_id, "PUSHCART_ALEXA_CLIENT_ID";
    /// The secret that goes with it.
    alexa_client_secret, "PUSHCART_ALEXA_CLIENT_SECRET";
    /// Where a linked account is made known, separated by commas. Default in the demo: the sandbox
    alexa_redirect_urls, "PUSHCART_ALEXA_REDIRECT_URLS";
    /// demo or production. Production refuses sandbox addresses, example keys and plain HTTP. Default: demo
    environment, "PUSHCART_ENVIRONMENT";
    /// The shop's currency: USD, EUR, GBP, JPY, AUD, CAD, CHF, SEK, DKK or NOK. Default: USD
    currency, "PUSHCART_CURRENCY";
    /// smtps://user:password@host:465. Default: letters stay in the demo's mailbox
    smtp_url, "PUSHCART_SMTP_URL";
    /// Whom letters are from.
    mail_from, "PUSHCART_MAIL_FROM";
    /// What stands on a card statement for an FPS payment, up to 15 letters, digits and spaces. Default: what the seller has set there
    statement_text, "PUSHCART_STATEMENT_TEXT";
    /// Whose customer service an FPS payment names: seller or market. Default: seller
    customer_service, "PUSHCART_CUSTOMER_SERVICE";
    /// Who bears FPS' own fee on stalls that open from now on: seller or market. Default: seller
    provider_fee, "PUSHCART_PROVIDER_FEE";
    /// Where people write to about the market, an email address. Default: MAIL_FROM's, and help@pushcart.example without one
    contact, "PUSHCART_CONTACT";
    /// The address of the proxy whose X-Forwarded-For is believed.
    trusted_proxy, "PUSHCART_TRUSTED_PROXY";
    /// A second listener for /metrics. Default: /metrics answers loopback only
    metrics_listen, "PUSHCART_METRICS_LISTEN";
    /// A sandbox's /_sandbox/clock that the shop follows when it runs apart from it.
    clock_url, "PUSHCART_CLOCK_URL";
    /// What is logged, as `info` or `pushcart=debug`. Default: info
    log, "PUSHCART_LOG";
    /// text or json. Default: text
    log_format, "PUSHCART_LOG_FORMAT";
}

/// Variables that only tests set; see `base::crash`.
const TEST_VARIABLES: &[&str] = &["PUSHCART_CRASH_AT", "PUSHCART_CRASH_LOG"];

/// demo or production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Everything on this machine, sandbox addresses allowed.
    Demo,
    /// Real providers only.
    Production,
}

/// The settings after every rule was checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where databases and keys are kept.
    pub data_dir: PathBuf,
    /// The shop's database.
    pub database_url: String,
    /// Where the shop listens.
    pub listen: SocketAddr,
    /// How the world reaches the shop.
    pub base_url: String,
    /// Where the sandbox listens.
    pub sandbox_listen: SocketAddr,
    /// Where the sandbox listens over TLS.
    pub sandbox_tls_listen: Option<SocketAddr>,
    /// How the sandbox is reached.
    pub sandbox_url: String,
    /// The sandbox's own database.
    pub sandbox_database_url: String,
    /// Where the FPS API answers.
    pub fps_api_url: String,
    /// Where the co-branded pages are.
    pub fps_cbui_url: String,
    /// One or two key pairs, the first preferred.
    pub fps_keys: Vec<(String, Secret)>,
    /// Amazon Pay; none where production does not name it.
    pub amazon_pay: Option<AmazonPay>,
    /// The Alexa skill; none without Amazon Pay, or where production does not name it.
    pub alexa: Option<Alexa>,
    /// Account linking for the Alexa skill; none where production does not name it.
    pub linking: Option<Linking>,
    /// demo or production.
    pub environment: Environment,
    /// The shop's currency.
    pub currency: Currency,
    /// The mail server and whom letters are from.
    pub smtp: Option<(Secret, String)>,
    /// Where people write to about the market.
    pub contact: String,
    /// What stands on a card statement; none for what the seller has set.
    pub statement_text: Option<String>,
    /// Whether payments name the market's customer service, and not the seller's.
    pub is_service_ours: bool,
    /// Whether we bear FPS' own fee on stalls that open from now on.
    pub is_provider_fee_ours: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<std::net::IpAddr>,
    /// A second listener for /metrics.
    pub metrics_listen: Option<SocketAddr>,
    /// A clock to follow.
    pub clock_url: Option<String>,
    /// What is logged.
    pub log: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
}

/// A setting that stops the start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(pub String);

fn bad<T>(text: impl Into<String>) -> Result<T, BadSetting> {
    Err(BadSetting(text.into()))
}

fn parsed<T: std::str::FromStr>(variable: &str, text: &str, shape: &str) -> Result<T, BadSetting> {
    text.parse().map_err(|_| BadSetting(format!("{variable} is {text:?}, but must be {shape}")))
}

impl Config {
    /// Takes `written` (flags and environment), adds `pushcart.toml` of the current folder, checks everything.
    pub fn load(written: Written) -> Result<Config, BadSetting> {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let is_known = VARIABLES.contains(&&*name) || TEST_VARIABLES.contains(&&*name);
            if name.starts_with("PUSHCART_") && !is_known {
                return bad(format!("{name} is set, but there is no such setting"));
            }
        }
        let file = match std::fs::read_to_string("pushcart.toml") {
            Ok(text) => toml::from_str(&text).map_err(|e| BadSetting(format!("pushcart.toml: {}", e.message())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Written::default(),
            Err(error) => return bad(format!("pushcart.toml cannot be read: {error}")),
        };
        Config::checked(written.or(file))
    }

    /// Fills in the defaults and checks every rule. Errors: the first one broken, in one line.
    pub fn checked(w: Written) -> Result<Config, BadSetting> {
        let data_dir = w.data_dir.unwrap_or_else(|| "data".to_owned());
        let environment = match w.environment.as_deref().unwrap_or("demo") {
            "demo" => Environment::Demo,
            "production" => Environment::Production,
            other => return bad(format!("PUSHCART_ENVIRONMENT is {other:?}, but must be demo or production")),
        };
        let address = "an address and port, like 127.0.0.1:3000";
        let listens = |name, written: Option<String>, otherwise: &str| -> Result<SocketAddr, BadSetting> {
            parsed(name, written.as_deref().unwrap_or(otherwise), address)
        };
        let listen = listens("PUSHCART_LISTEN", w.listen, "127.0.0.1:3000")?;
        // next to the default address only: a second sandbox on this machine must not fail over a port it did not name
        let tls = w.sandbox_tls_listen.or_else(|| w.sandbox_listen.is_none().then(|| "127.0.0.1:3443".to_owned()));
        let sandbox_tls_listen = tls.map(|text| parsed("PUSHCART_SANDBOX_TLS_LISTEN", &text, address)).transpose()?;
        let sandbox_listen = listens("PUSHCART_SANDBOX_LISTEN", w.sandbox_listen, "127.0.0.1:3001")?;
        let sandbox_url = w.sandbox_url.unwrap_or_else(|| format!("http://127.0.0.1:{}", sandbox_listen.port()));
        let sandbox_url = sandbox_url.trim_end_matches('/').to_owned();
        let fps_keys = fps::keys(&[
            ("PUSHCART_FPS_ACCESS_KEY", w.fps_access_key, w.fps_secret_key),
            ("PUSHCART_FPS_ACCESS_KEY_2", w.fps_access_key_2, w.fps_secret_key_2),
        ])?;
        let amazon_pay = amazon_pay::Written {
            url: w.amazon_pay_url,
            keys: [
                (w.amazon_pay_public_key_id, w.amazon_pay_private_key_file),
                (w.amazon_pay_public_key_id_2, w.amazon_pay_private_key_file_2),
            ],
            merchant_id: w.amazon_pay_merchant_id,
            store_id: w.amazon_pay_store_id,
            region: w.amazon_pay_region,
            payment_intent: w.amazon_pay_payment_intent,
            can_handle_pending_authorization: w.amazon_pay_can_handle_pending_authorization,
            is_multi_currency: w.amazon_pay_multi_currency,
        };
        let alexa = alexa::Written {
            application_id: w.alexa_application_id,
            trust_root: w.alexa_trust_root,
            cert_base_url: w.alexa_cert_base_url,
            country_of_establishment: w.alexa_country_of_establishment,
            sandbox_customer_email: w.alexa_sandbox_customer_email,
        };
        let linking = linking::Written {
            client_id: w.alexa_client_id,
            client_secret: w.alexa_client_secret,
            redirect_urls: w.alexa_redirect_urls,
        };
        let currency = of_a_shop(w.currency.as_deref().unwrap_or("USD"))?;
        let smtp = match (w.smtp_url, w.mail_from) {
            (Some(url), Some(from)) => Some((Secret::new(url), from)),
            (None, None) => None,
            _ => return bad("PUSHCART_SMTP_URL and PUSHCART_MAIL_FROM go together"),
        };
        let contact = contact::checked(w.contact, smtp.as_ref().map(|(_, from)| from.as_str()))?;
        let amazon_pay = AmazonPay::checked(amazon_pay, &data_dir, &sandbox_url, environment, currency)?;
        let config = Config {
            alexa: Alexa::checked(alexa, amazon_pay.as_ref(), &data_dir, &sandbox_url, environment)?,
            database_url: w.database_url.unwrap_or_else(|| format!("sqlite://{data_dir}/shop.db")),
            base_url: w.base_url.unwrap_or_else(|| format!("http://localhost:{}", listen.port())),
            listen,
            sandbox_listen,
            sandbox_tls_listen,
            sandbox_database_url: w.sandbox_database_url.unwrap_or_else(|| format!("sqlite://{data_dir}/sandbox.db")),
            fps_api_url: w.fps_api_url.unwrap_or_else(|| format!("{sandbox_url}/fps/")),
            fps_cbui_url: w.fps_cbui_url.unwrap_or_else(|| format!("{sandbox_url}/cobranded-ui/actions/start")),
            amazon_pay,
            linking: Linking::checked(linking, &sandbox_url, environment)?,
            sandbox_url,
            fps_keys,
            environment,
            currency,
            smtp,
            contact,
            statement_text: fps::statement_text(w.statement_text)?,
            is_service_ours: fps::is_service_ours(w.customer_service.as_deref())?,
            is_provider_fee_ours: fps::is_provider_fee_ours(w.provider_fee.as_deref())?,
            trusted_proxy: match w.trusted_proxy {
                Some(text) => Some(parsed("PUSHCART_TRUSTED_PROXY", &text, "an IP address")?),
                None => None,
            },
            metrics_listen: match w.metrics_listen {
                Some(text) => Some(parsed("PUSHCART_METRICS_LISTEN", &text, address)?),
                None => None,
            },
            clock_url: w.clock_url,
            log: w.log.unwrap_or_else(|| "info".to_owned()),
            log_json: match w.log_format.as_deref().unwrap_or("text") {
                "text" => false,
                "json" => true,
                other => return bad(format!("PUSHCART_LOG_FORMAT is {other:?}, but must be text or json")),
            },
            data_dir: PathBuf::from(data_dir),
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), BadSetting> {
        crate::base::paths::Paths::new(&self.base_url).map_err(|e| BadSetting(format!("PUSHCART_BASE_URL: {e}")))?;
        if !self.database_url.starts_with("sqlite:") && !self.database_url.starts_with("postgres") {
            return bad("PUSHCART_DATABASE_URL must begin with sqlite:// or postgres://");
        }
        let fps = [("PUSHCART_FPS_API_URL", &self.fps_api_url), ("PUSHCART_FPS_CBUI_URL", &self.fps_cbui_url)];
        let fps = fps.into_iter().filter(|_| self.has_fps());
        let amazon_pay = self.amazon_pay.as_ref().and_then(|amazon_pay| amazon_pay.url.as_ref());
        let amazon_pay = amazon_pay.map(|url| ("PUSHCART_AMAZON_PAY_URL", url));
        for (name, url) in fps.chain(amazon_pay) {
            let url = url::Url::parse(url).map_err(|e| BadSetting(format!("{name}: {e}")))?;
            if url.scheme() != "https" && !is_loopback(&url) {
                return bad(format!("{name} must be https unless it is on this machine"));
            }
            if self.environment == Environment::Production && is_loopback(&url) {
                return bad(format!("{name} is a sandbox address, which production refuses"));
            }
        }
        if self.environment == Environment::Production {
            if !self.base_url.starts_with("https://") {
                return bad("PUSHCART_BASE_URL must be https in production");
            }
            if self.has_fps() && self.fps_keys.iter().any(|(access, _)| access == EXAMPLE_ACCESS_KEY) {
                return bad("PUSHCART_FPS_ACCESS_KEY is the example key, which production refuses");
            }
        }
        Ok(())
    }

    /// Whether FPS takes part. It never took anything but U.S. dollars, so no other shop needs its settings.
    pub fn has_fps(&self) -> bool {
        self.currency == Currency::USD
    }

    /// Whether this is the demo.
    pub fn is_demo(&self) -> bool {
        self.environment == Environment::Demo
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn of_a_shop(code: &str) -> Result<Currency, BadSetting> {
    let ten = Currency::OF_SHOPS;
    ten.into_iter().find(|currency| currency.code() == code).ok_or_else(|| {
        let codes = ten.map(Currency::code).join(", ");
        BadSetting(format!("PUSHCART_CURRENCY is {code:?}, but must be one of {codes}"))
    })
}

#[cfg(test)]
mod tests;
