//! Opening the other party of a market: its keys, its settings, its sellers.

use std::ffi::OsString;
use std::sync::OnceLock;

use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::base::paths::Paths;
use pushcart::config::Config;
use pushcart::market::sellers::Payee;
use pushcart::sandbox::keys::SigningKey;
use pushcart::sandbox::root::Root;
use pushcart::sandbox::{Recipient, Sandbox, Settings, alexa, amazon_pay};
use pushcart::seed;

/// The keys of every market of this process: making them takes longer than most walks.
pub fn lend_keys(folder: &std::path::Path) {
    static MADE: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let made = tempfile::tempdir().unwrap();
        SigningKey::open(made.path()).unwrap();
        let root = Root::open(made.path()).unwrap();
        alexa::signer::Signer::open(made.path(), &root).unwrap();
        amazon_pay::sns::Signer::open(made.path(), &root).unwrap();
        amazon_pay::public_key(&made.path().join("amazon-pay.pem")).unwrap();
        let files = std::fs::read_dir(made.path()).unwrap().map(Result::unwrap);
        files.map(|file| (file.file_name(), std::fs::read(file.path()).unwrap())).collect()
    });
    std::fs::create_dir(folder).unwrap();
    for (name, bytes) in made {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

/// The other party of `config`, as the demo sets it up.
pub async fn open_sandbox(config: &Config, clock: &Clock, folder: &std::path::Path) -> Sandbox {
    let paths = Paths::new(&config.base_url).unwrap();
    let settings = Settings {
        base_url: config.sandbox_url.clone(),
        database_url: config.sandbox_database_url.clone(),
        keys_dir: folder.join("keys"),
        fps_access_key: config.fps_keys[0].0.clone(),
        fps_secret_key: config.fps_keys[0].1.clone(),
        ipn_url: Some(paths.absolute(paths.ipn("fps"))),
        amazon_pay: config.amazon_pay.as_ref().map(|settings| amazon_pay::Merchant {
            merchant_id: settings.merchant_id.clone(),
            store_id: settings.store_id.clone(),
            public_keys: settings
                .keys
                .iter()
                .map(|key| (key.id.clone(), amazon_pay::public_key(&key.file).unwrap()))
                .collect(),
            notification_url: Some(paths.absolute(paths.ipn("amazon-pay"))),
        }),
        alexa: Some(alexa::Skill {
            endpoint_url: paths.absolute(paths.alexa()),
            application_id: alexa::DEMO_APPLICATION_ID.to_owned(),
            linking: config.linking.as_ref().map(|linking| alexa::AccountLinking {
                authorize_url: paths.absolute(paths.oauth_authorize()),
                token_url: paths.absolute(paths.oauth_token()),
                client_id: linking.client_id.clone(),
                client_secret: linking.client_secret.clone(),
            }),
        }),
        strict: false,
    };
    Sandbox::open(settings, clock.clone()).await.unwrap()
}

/// Seeds the shop and makes its sellers known to the sandbox, as the demo does.
pub async fn plant(app: &App, sandbox: &Sandbox) {
    let store = &app.context().store;
    let providers = &app.context().providers;
    let currency = app.context().shop.currency;
    seed::plant(store, &app.context().clock, currency).await.unwrap();
    if providers.paying_sellers(currency).is_none() {
        return;
    }
    for seller in store.sellers("", 200).await.unwrap() {
        let recipient = Recipient {
            name: seller.name.clone(),
            email: seller.email.clone(),
            caller_reference: seller.id.to_string(),
            max_fixed_minor: seller.fee.fixed.minor,
            max_variable_bp: seller.fee.variable_bp,
            pays_fee: true,
        };
        let token = sandbox.plant_recipients(&[recipient]).await.unwrap().remove(0);
        let payee = Payee {
            seller: seller.id.clone(),
            provider: "fps".to_owned(),
            token,
            refund_token: None,
            email: seller.email.clone(),
        };
        let mut tx = store.write().await.unwrap();
        tx.set_payee(&payee).await.unwrap();
        tx.commit().await.unwrap();
    }
}
