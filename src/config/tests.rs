use super::*;

fn written(change: impl FnOnce(&mut Written)) -> Result<Config, String> {
    let mut written = Written::default();
    change(&mut written);
    Config::checked(written).map_err(|error| error.0)
}

#[test]
fn the_demo_needs_no_setting_at_all() {
    let config = written(|_| {}).unwrap();
    assert_eq!(config.database_url, "sqlite://data/shop.db");
    assert_eq!(config.fps_api_url, "http://127.0.0.1:3001/fps/");
    assert_eq!(config.fps_keys.len(), 1);
}

#[test]
fn another_port_is_enough_to_run_a_second_one() {
    let config = written(|w| {
        w.listen = Some("127.0.0.1:4000".into());
        w.sandbox_listen = Some("127.0.0.1:4001".into());
    });
    let config = config.unwrap();
    assert_eq!((&*config.base_url, &*config.sandbox_url), ("http://localhost:4000", "http://127.0.0.1:4001"));
    assert_eq!(config.fps_api_url, "http://127.0.0.1:4001/fps/");
}

#[test]
fn production_refuses_sandbox_addresses_example_keys_and_plain_http() {
    let live = |w: &mut Written| {
        w.environment = Some("production".into());
        w.base_url = Some("https://shop.example".into());
        w.fps_api_url = Some("https://fps.amazonaws.com/".into());
        w.fps_cbui_url = Some("https://authorize.payments.amazon.com/cobranded-ui/actions/start".into());
        w.fps_access_key = Some("AKIAREAL".into());
        w.fps_secret_key = Some("secret".into());
    };
    assert!(written(live).is_ok());
    let without = |change: fn(&mut Written)| {
        written(|w| {
            live(w);
            change(w)
        })
        .unwrap_err()
    };
    assert!(without(|w| w.base_url = None).contains("https"));
    assert!(without(|w| w.fps_api_url = None).contains("sandbox"));
    assert!(without(|w| (w.fps_access_key, w.fps_secret_key) = (None, None)).contains("example key"));
}

#[test]
fn wrong_settings_name_the_variable() {
    assert!(written(|w| w.listen = Some("3000".into())).unwrap_err().starts_with("PUSHCART_LISTEN"));
    assert!(written(|w| w.fps_access_key = Some("A".into())).unwrap_err().contains("go together"));
    assert!(written(|w| w.fps_api_url = Some("http://fps.example/".into())).unwrap_err().contains("https"));
}

#[test]
fn a_shop_is_kept_in_one_of_ten_currencies() {
    assert_eq!(written(|_| {}).unwrap().currency, Currency::USD);
    for currency in Currency::OF_SHOPS {
        assert_eq!(written(|w| w.currency = Some(currency.code().into())).unwrap().currency, currency);
    }
    for other in ["usd", "BRL", "XXX", "", "EUR "] {
        let said = written(|w| w.currency = Some(other.into())).unwrap_err();
        assert!(said.starts_with("PUSHCART_CURRENCY is"), "{said}");
        assert!(said.ends_with("one of USD, EUR, GBP, JPY, AUD, CAD, CHF, SEK, DKK, NOK"), "{said}");
    }
}

#[test]
fn the_region_follows_the_currency_until_it_is_written_down() {
    let region = |currency: &str, region: Option<&str>| {
        let config = written(|w| {
            w.currency = Some(currency.into());
            w.amazon_pay_region = region.map(str::to_owned);
        });
        config.unwrap().amazon_pay.unwrap().region
    };
    assert_eq!((region("USD", None), region("JPY", None)), ("na", "jp"));
    for currency in ["EUR", "GBP", "AUD", "CAD", "CHF", "SEK", "DKK", "NOK"] {
        assert_eq!(region(currency, None), "eu", "{currency}");
    }
    assert_eq!((region("JPY", Some("eu")), region("USD", Some("eu"))), ("eu", "eu"));
}

#[test]
fn a_shop_in_euros_needs_no_settings_of_fps() {
    let live = |w: &mut Written, currency: &str| {
        w.environment = Some("production".into());
        w.base_url = Some("https://shop.example".into());
        w.currency = Some(currency.into());
        w.amazon_pay_public_key_id = Some("LIVE-1".into());
        w.amazon_pay_private_key_file = Some("key.pem".into());
        w.amazon_pay_merchant_id = Some("A1".into());
        w.amazon_pay_store_id = Some("store".into());
    };
    assert!(!written(|w| live(w, "EUR")).unwrap().has_fps());
    assert!(written(|w| live(w, "USD")).unwrap_err().contains("sandbox address"));
}
