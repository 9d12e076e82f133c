//! What else can be wanted by voice.

use pushcart::words::{LOCALES, Words};

use crate::market::Market;
use crate::speaker::Speaker;

#[tokio::test]
async fn help_and_payment_help_send_the_way_to_the_settings_of_the_right_amazon() {
    let Some(market) = Market::open().await else { return };
    let hosts = [
        ("en-US", "www.amazon.com", "payment method"),
        ("en-GB", "www.amazon.co.uk", "payment method"),
        ("de-DE", "www.amazon.de", "Zahlungsart"),
        ("fr-FR", "www.amazon.fr", "moyen de paiement"),
        ("it-IT", "www.amazon.it", "metodo di pagamento"),
        ("es-ES", "www.amazon.es", "método de pago"),
        ("ja-JP", "www.amazon.co.jp", "お支払い方法"),
    ];
    assert!(LOCALES.iter().all(|locale| hosts.iter().any(|(known, ..)| known == locale)));
    for (locale, host, method) in hosts {
        let mut buyer = Speaker::new(market.ctx(), locale);
        buyer.open().await;
        for intent in ["AMAZON.HelpIntent", "PaymentHelpIntent"] {
            buyer.says(intent).await;
            let link = format!("https://{host}/cpe/yourpayments/settings/manageoneclick");
            let card = &buyer.answer["card"];
            assert_eq!(card["type"], "Simple", "{locale} {intent}");
            assert!(card["content"].as_str().unwrap().ends_with(&link), "{locale} {intent}: {card}");
            assert_eq!(card["title"], Words::of(locale).say("payment-help-card-title", &[]), "{locale} {intent}");
            assert_eq!(buyer.answer["shouldEndSession"], false, "{locale} {intent}");
            assert!(!buyer.speech().contains("amazon."), "{locale} {intent}: links are for the card");
        }
        buyer.says("AMAZON.HelpIntent").await;
        let said = buyer.speech();
        let paying = said.split_inclusive(['.', '。']).find(|sentence| sentence.contains("Alexa")).unwrap_or_default();
        assert!(paying.contains(method), "{locale}: {said}");
        assert!(paying.chars().count() <= 100, "{locale}: one short sentence: {paying}");
        assert!(said.ends_with(['?', '？']), "{locale}: {said}");
    }
}
