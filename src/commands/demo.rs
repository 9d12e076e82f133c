//! The demo: shop, worker and sandbox in one process; and the sandbox alone.

#[cfg(not(feature = "sandbox"))]
pub use without::{run, sandbox};

#[cfg(not(feature = "sandbox"))]
mod without {
    use std::process::ExitCode;

    use pushcart::config::Config;

    const ABSENT: &str = "this build has no sandbox; build it with the feature `sandbox`, or use `pushcart serve`";

    /// Without the sandbox there is no demo.
    pub async fn run(_config: &Config) -> anyhow::Result<ExitCode> {
        anyhow::bail!(ABSENT)
    }

    /// Without the sandbox there is none to run.
    pub async fn sandbox(_config: &Config) -> anyhow::Result<ExitCode> {
        anyhow::bail!(ABSENT)
    }
}

#[cfg(feature = "sandbox")]
pub use with_sandbox::{run, sandbox};

#[cfg(feature = "sandbox")]
mod with_sandbox {
    use std::process::ExitCode;

    use anyhow::Context as _;
    use pushcart::app::App;
    use pushcart::base::clock::Clock;
    use pushcart::base::paths::Paths;
    use pushcart::config::Config;
    use pushcart::market::sellers::Payee;
    use pushcart::sandbox::alexa;
    use pushcart::sandbox::amazon_pay::buyers::BUYERS;
    use pushcart::sandbox::amazon_pay::{self, Merchant};
    use pushcart::sandbox::{Recipient, Sandbox, Settings};
    use pushcart::seed;
    use tokio::net::TcpListener;
    use tokio_util::sync::CancellationToken;

    use super::super::serve::{listen, metrics_listener, serve, serve_metrics, stop_on_signal};

    /// How many sellers are made known to the sandbox in one transaction.
    const BATCH: i64 = 500;

    /// Everything in one process, ready within a second, with the addresses printed.
    pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(config.is_demo(), "the demo does not run in production; use `pushcart serve`");
        let stop = stop_on_signal();
        let shop_listener = listen(config.listen, "PUSHCART_LISTEN").await?;
        let sandbox_listener = listen(config.sandbox_listen, "PUSHCART_SANDBOX_LISTEN").await?;
        let tls_listener = tls_listener(config).await?;
        let metrics = metrics_listener(config).await?;
        let clock = Clock::new();
        let sandbox = open(config, &clock).await?;
        serve_tls(tls_listener, &sandbox, &stop);
        let app = App::open(config, clock).await?;
        serve_metrics(metrics, &app, &stop);
        plant(config, &app, &sandbox).await?;
        announce(config);
        let sandbox_work = sandbox.clone();
        tokio::join!(
            async { serve(sandbox_listener, sandbox.router(), stop.clone()).await },
            async { serve(shop_listener, app.router(), stop.clone()).await },
            app.work(stop.clone()),
            sandbox_work.work(stop.clone()),
        )
        .1?;
        app.context().store.close().await;
        sandbox.close().await;
        Ok(ExitCode::SUCCESS)
    }

    /// The sandbox alone.
    pub async fn sandbox(config: &Config) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal();
        let listener = listen(config.sandbox_listen, "PUSHCART_SANDBOX_LISTEN").await?;
        let tls_listener = tls_listener(config).await?;
        let sandbox = open(config, &Clock::new()).await?;
        serve_tls(tls_listener, &sandbox, &stop);
        println!("The sandbox answers at {}", config.sandbox_url);
        tokio::join!(serve(listener, sandbox.router(), stop.clone()), sandbox.work(stop.clone())).0?;
        Ok(ExitCode::SUCCESS)
    }

    async fn tls_listener(config: &Config) -> anyhow::Result<Option<TcpListener>> {
        match config.sandbox_tls_listen {
            Some(address) => listen(address, "PUSHCART_SANDBOX_TLS_LISTEN").await.map(Some),
            None => Ok(None),
        }
    }

    /// Serves the sandbox over TLS too, where there is a listener for it.
    fn serve_tls(listener: Option<TcpListener>, sandbox: &Sandbox, stop: &CancellationToken) {
        let Some(listener) = listener else { return };
        let (sandbox, stop) = (sandbox.clone(), stop.clone());
        tokio::spawn(async move {
            if let Err(error) = sandbox.serve_tls(listener, stop).await {
                tracing::error!("the sandbox does not answer over TLS: {error:#}");
            }
        });
    }

    async fn open(config: &Config, clock: &Clock) -> anyhow::Result<Sandbox> {
        std::fs::create_dir_all(&config.data_dir)?;
        let (access_key, secret_key) = config.fps_keys[0].clone();
        let paths = Paths::new(&config.base_url)?;
        let settings = Settings {
            base_url: config.sandbox_url.clone(),
            database_url: config.sandbox_database_url.clone(),
            keys_dir: config.data_dir.join("keys"),
            fps_access_key: access_key,
            fps_secret_key: secret_key,
            ipn_url: Some(paths.absolute(paths.ipn("fps"))),
            amazon_pay: merchant(config, &paths)?,
            alexa: skill(config, &paths),
            strict: false,
        };
        Sandbox::open(settings, clock.clone()).await
    }

    /// The skill that the sandbox's devices speak to.
    fn skill(config: &Config, paths: &Paths) -> Option<alexa::Skill> {
        let settings = config.alexa.as_ref()?;
        let linking = config.linking.as_ref().map(|linking| alexa::AccountLinking {
            authorize_url: paths.absolute(paths.oauth_authorize()),
            token_url: paths.absolute(paths.oauth_token()),
            client_id: linking.client_id.clone(),
            client_secret: linking.client_secret.clone(),
        });
        let (endpoint_url, application_id) = (paths.absolute(paths.alexa()), settings.application_id.clone());
        Some(alexa::Skill { endpoint_url, application_id, linking })
    }

    /// The marketplace's account with Amazon Pay; a key pair that is not there is made.
    fn merchant(config: &Config, paths: &Paths) -> anyhow::Result<Option<Merchant>> {
        let Some(settings) = &config.amazon_pay else { return Ok(None) };
        let mut public_keys = Vec::new();
        for key in &settings.keys {
            let public = amazon_pay::public_key(&key.file).with_context(|| format!("{}", key.file.display()))?;
            public_keys.push((key.id.clone(), public));
        }
        Ok(Some(Merchant {
            merchant_id: settings.merchant_id.clone(),
            store_id: settings.store_id.clone(),
            public_keys,
            notification_url: Some(paths.absolute(paths.ipn("amazon-pay"))),
        }))
    }

    /// Seeds an empty shop, and makes its registered sellers known to the sandbox, where they are not yet.
    async fn plant(config: &Config, app: &App, sandbox: &Sandbox) -> anyhow::Result<()> {
        let store = &app.context().store;
        seed::plant(store, &app.context().clock, config.currency).await?;
        while config.has_fps() {
            let unknown = store.sellers_unknown_to("fps", BATCH).await?;
            if unknown.is_empty() {
                break;
            }
            let recipients: Vec<Recipient> = unknown
                .iter()
                .map(|seller| Recipient {
                    name: seller.name.clone(),
                    email: seller.email.clone(),
                    caller_reference: seller.id.to_string(),
                    max_fixed_minor: seller.fee.fixed.minor,
                    max_variable_bp: seller.fee.variable_bp,
                    pays_fee: !seller.fee.includes_provider(),
                })
                .collect();
            let tokens = sandbox.plant_recipients(&recipients).await?;
            let mut tx = store.write().await?;
            for (seller, token) in unknown.into_iter().zip(tokens) {
                let (provider, email) = ("fps".to_owned(), seller.email);
                tx.set_payee(&Payee { seller: seller.id, provider, token, refund_token: None, email }).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn announce(config: &Config) {
        let (shop, sandbox) = (&config.base_url, &config.sandbox_url);
        println!();
        println!("  Pushcart is open.");
        println!();
        println!("    the shop              {shop}");
        println!("    sell something        {shop}/sell");
        println!("    the mailbox           {shop}/mailbox");
        println!("    the operator's desk   {shop}/admin");
        println!("    the payment sandbox   {sandbox}   (no money moves)");
        println!("    shop by voice         {sandbox}/alexa");
        if let Some(address) = config.sandbox_tls_listen {
            println!(
                "      the same over TLS   https://{address}   (its root: {}/keys/sandbox-root.pem)",
                config.data_dir.display()
            );
        }
        println!();
        println!("  Sign in to the shop with password {:?} as", seed::PASSWORD);
        for line in seed::SIGN_INS {
            println!("    {line}");
        }
        println!();
        println!("  At the payment service, choose one of the test people with a click:");
        if config.has_fps() {
            for persona in Sandbox::personas().iter().take(5) {
                println!("    {:<18} {}", persona.name, persona.hint);
            }
        } else {
            for buyer in BUYERS.iter().take(5) {
                println!("    {:<18} {}", buyer.name, buyer.hint);
            }
        }
        println!();
        println!("  Ctrl-C stops it; everything is kept in {}.", config.data_dir.display());
        println!();
    }
}
