//! The checkout's fields and what is wrong with them.

use serde::Deserialize;

use super::account::is_address;
use super::extract::FormKey;
use super::page::Problems;
use crate::base::money::Currency;
use crate::market::shipping::{COUNTRIES, ShippingMethod};
use crate::market::tax;
use crate::orders::agreement::rules;
use crate::orders::checkout::{Address, Checkout};

/// For how many periods one can subscribe, beside for as long as one likes.
pub const TIMES: [i64; 3] = [3, 6, 12];

/// What stands in the fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Makes a second submit harmless.
    pub form_key: FormKey,
    /// Where letters go.
    pub email: String,
    /// The person.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor.
    pub line2: String,
    /// City.
    pub city: String,
    /// Two letters in the U.S.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// For the carrier.
    pub phone: String,
    /// `standard`, `express` or `pickup`.
    pub shipping_method: String,
    /// Anything but empty wraps the parcels.
    pub gift_wrap: String,
    /// The provider's name, or the id of a saved way to pay.
    pub provider: String,
    /// Anything but empty keeps the way to pay for later.
    pub keep: String,
    /// The most that is taken with it in a month, in minor units, where it has a limit.
    pub month: String,
    /// How many periods a subscription lasts; empty for as long as nobody ends it.
    pub times: String,
    /// `update` only computes the totals anew.
    pub intent: String,
}

/// Where people pay with `currency`: a country, and in it a city with its state and postal code.
fn home_of(currency: Currency) -> (&'static str, &'static str, &'static str, &'static str) {
    match currency.code() {
        "EUR" => ("DE", "Leipzig", "", "04109"),
        "GBP" => ("GB", "Leeds", "", "LS1 4AP"),
        "JPY" => ("JP", "Kyoto", "", "600-8216"),
        "AUD" => ("AU", "Hobart", "", "7000"),
        "CAD" => ("CA", "Halifax", "", "B3J 1S9"),
        "CHF" => ("CH", "Basel", "", "4051"),
        "SEK" => ("SE", "Uppsala", "", "753 10"),
        "DKK" => ("DK", "Aarhus", "", "8000"),
        "NOK" => ("NO", "Bergen", "", "5003"),
        _ => ("US", "Portland", "OR", "97201"),
    }
}

impl Fields {
    /// Empty fields for someone with this address, in the country that pays with `currency`.
    pub fn empty(currency: Currency, email: String) -> Fields {
        let (country, ..) = home_of(currency);
        Fields { email, country: country.to_owned(), ..Fields::default() }
    }

    /// The demo's made-up person, in a city of that country; in the U.S., in a state without sales tax.
    pub fn demo(currency: Currency, email: String) -> Fields {
        let email = if email.is_empty() { "guest@example.com".to_owned() } else { email };
        let (_, city, state, postal_code) = home_of(currency);
        Fields {
            name: "Robin Guest".to_owned(),
            line1: "12 Orchard Lane".to_owned(),
            city: city.to_owned(),
            state: state.to_owned(),
            postal_code: postal_code.to_owned(),
            ..Fields::empty(currency, email)
        }
    }

    /// The fields of an earlier checkout.
    pub fn of(checkout: &Checkout) -> Fields {
        let address = checkout.address.clone();
        Fields {
            email: checkout.email.clone(),
            name: address.name,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
            phone: address.phone,
            shipping_method: checkout.shipping_method.word().to_owned(),
            ..Fields::default()
        }
    }

    /// How the parcels travel; the first way where nothing or nonsense was chosen.
    pub fn method(&self) -> ShippingMethod {
        ShippingMethod::from_word(&self.shipping_method).unwrap_or(ShippingMethod::Standard)
    }

    /// Whether the parcels are wrapped.
    pub fn is_gift(&self) -> bool {
        !self.gift_wrap.is_empty()
    }

    /// Whether the way to pay is kept for later.
    pub fn is_kept(&self) -> bool {
        !self.keep.is_empty()
    }

    /// The monthly limit of what is kept; the usual one where none was chosen, 0 for nonsense.
    pub fn month_minor(&self) -> i64 {
        if self.month.is_empty() { rules::USUAL } else { self.month.parse().unwrap_or(0) }
    }

    /// How many periods a subscription lasts.
    pub fn times(&self) -> Option<i64> {
        self.times.parse().ok().filter(|times| TIMES.contains(times))
    }

    /// The address, trimmed.
    pub fn address(&self) -> Address {
        let trimmed = |text: &str| text.trim().to_owned();
        Address {
            name: trimmed(&self.name),
            line1: trimmed(&self.line1),
            line2: trimmed(&self.line2),
            city: trimmed(&self.city),
            state: trimmed(&self.state).to_uppercase(),
            postal_code: trimmed(&self.postal_code),
            country: trimmed(&self.country).to_uppercase(),
            phone: trimmed(&self.phone),
        }
    }

    /// What is wrong, field by field, in the order of the form.
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if !is_address(&self.email) {
            problems.add("email", "Please write an address like ana@example.com.");
        }
        for (field, text, most, missing) in [
            ("name", &self.name, 100, Some("Please write the name for the parcel.")),
            ("line1", &self.line1, 100, Some("Please write street and number.")),
            ("line2", &self.line2, 100, None),
            ("city", &self.city, 100, Some("Please write the city.")),
            ("postal_code", &self.postal_code, 20, Some("Please write the postal code.")),
            ("state", &self.state, 50, None),
            ("phone", &self.phone, 30, None),
        ] {
            let length = text.trim().chars().count();
            if let (0, Some(missing)) = (length, missing) {
                problems.add(field, missing);
            } else if length > most {
                problems.add(field, format!("Please use at most {most} characters."));
            } else if text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
                problems.add(field, "Please use letters, digits and signs only.");
            }
        }
        let address = self.address();
        if !COUNTRIES.iter().any(|(code, _)| *code == address.country) {
            problems.add("country", "Please choose a country from the list.");
        }
        if address.country == "US" && !tax::states().any(|code| code == address.state) {
            problems.add("state", "Please choose a state.");
        }
        if ShippingMethod::from_word(&self.shipping_method).is_none() {
            problems.add("shipping_method", "Please choose how it should travel.");
        }
        if !self.times.is_empty() && self.times().is_none() {
            problems.add("times", "Please choose how long from the list.");
        }
        if self.provider.is_empty() {
            problems.add("provider", "Please choose how to pay.");
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Fields {
        Fields {
            shipping_method: "standard".into(),
            provider: "fps".into(),
            ..Fields::demo(Currency::USD, String::new())
        }
    }

    #[test]
    fn codes_may_be_typed_small_and_abroad_there_is_no_state() {
        let small = Fields { country: "us".into(), state: " or ".into(), ..good() };
        assert!(small.problems().is_empty(), "{:?}", small.problems());
        assert_eq!((small.address().country.as_str(), small.address().state.as_str()), ("US", "OR"));
        let abroad = Fields { country: "DE".into(), state: String::new(), ..good() };
        assert!(abroad.problems().is_empty());
    }

    #[test]
    fn the_demos_person_lives_where_the_shops_currency_is_paid_with() {
        for currency in Currency::OF_SHOPS {
            let person = Fields { provider: "amazon_pay".into(), ..Fields::demo(currency, String::new()) };
            let person = Fields { shipping_method: "standard".into(), ..person };
            assert_eq!(person.problems(), Problems::default(), "{currency}");
        }
        assert_eq!(Fields::demo(Currency::USD, String::new()).state, "OR");
    }

    #[test]
    fn a_whole_form_has_no_problem_and_each_missing_field_has_one() {
        assert_eq!(good().problems(), Problems::default());
        for (field, spoil) in [
            ("email", (|f: &mut Fields| f.email = "x".into()) as fn(&mut Fields)),
            ("name", |f| f.name = " ".into()),
            ("line1", |f| f.line1.clear()),
            ("city", |f| f.city.clear()),
            ("postal_code", |f| f.postal_code.clear()),
            ("country", |f| f.country = "XX".into()),
            ("state", |f| f.state = "ZZ".into()),
            ("shipping_method", |f| f.shipping_method = "drone".into()),
            ("provider", |f| f.provider.clear()),
            ("phone", |f| f.phone = "1".repeat(101)),
            ("line2", |f| f.line2 = "rear\u{7}".into()),
        ] {
            let mut fields = good();
            spoil(&mut fields);
            assert!(fields.problems().of(field).is_some(), "{field}");
        }
    }
}
