//! The test buyers: addresses, instruments, and what each instrument makes happen.
//!
//! The nine endings of the documented test wallet are Terry's. The others' endings are ours, one buyer for
//! every way a payment can go.

use serde_json::{Value, json};

/// What an instrument makes happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Everything works.
    Passes,
    /// The buyer turns back on the pay page: session `Canceled`, `BuyerCanceled`.
    TurnsBack,
    /// Refused on the pay page, where another can be chosen.
    RefusedAtPay,
    /// The pay page asks for a code first.
    AsksCode,
    /// The pay page goes well; Complete is refused.
    RefusedAtComplete,
    /// The authorisation pends for 30 seconds, then this reason (empty for yes).
    Pends(&'static str),
    /// A charge is refused with this reason.
    ChargeRefused(&'static str),
    /// The first charge is refused with this reason, the next one passes.
    FirstChargeRefused(&'static str),
    /// Charges carry `StopShipmentAtypicalAuth`.
    Atypical,
    /// The authorisation passes, the capture is refused with this reason.
    CaptureRefused(&'static str),
    /// A refund is refused with this reason.
    RefundRefused(&'static str),
}

/// One card or account of a buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its last four digits, which also name it.
    pub ending: &'static str,
    /// `Visa`.
    pub brand: &'static str,
    /// What it makes happen.
    pub turn: Turn,
    /// The same for people.
    pub hint: &'static str,
}

impl Instrument {
    /// `Visa ****1111 (Amazon Pay)`.
    pub fn descriptor(&self) -> String {
        format!("{} ****{} (Amazon Pay)", self.brand, self.ending)
    }
}

/// One place a parcel can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Names it in the form.
    pub id: &'static str,
    lines: [&'static str; 2],
    city: &'static str,
    state: &'static str,
    postal_code: &'static str,
    country: &'static str,
    phone: &'static str,
}

impl Address {
    /// As the API shows it; every member is there, `null` when empty.
    pub fn json(&self, name: &str) -> Value {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        json!({
            "name": name, "addressLine1": self.lines[0], "addressLine2": text(self.lines[1]), "addressLine3": null,
            "city": self.city, "county": null, "district": null, "stateOrRegion": text(self.state),
            "postalCode": self.postal_code, "countryCode": self.country, "phoneNumber": self.phone,
        })
    }

    /// In one line for people.
    pub fn line(&self) -> String {
        let parts = [self.lines[0], self.lines[1], self.city, self.state, self.postal_code, self.country];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// ISO 3166, two letters.
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// The state, region or canton.
    pub fn state(&self) -> &'static str {
        self.state
    }

    /// The postal code.
    pub fn postal_code(&self) -> &'static str {
        self.postal_code
    }
}

/// One test buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// `buyerId`.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// What choosing them causes.
    pub hint: &'static str,
    /// What they can pay with; the first one is chosen beforehand.
    pub instruments: &'static [Instrument],
}

impl Buyer {
    /// The instrument with this ending.
    pub fn instrument(&self, ending: &str) -> Option<&'static Instrument> {
        self.instruments.iter().find(|own| own.ending == ending)
    }
}

/// Where everybody can have something sent to.
pub const ADDRESSES: [Address; 5] = [
    place("home", ["1 High Street", ""], "Seattle", "WA", "98101", "US", "2065550100"),
    place("work", ["400 Market Street", "Floor 7"], "San Francisco", "CA", "94105", "US", "4155550100"),
    place("berlin", ["Karl-Marx-Allee 9", ""], "Berlin", "", "10178", "DE", "030555010"),
    place("london", ["10 Downham Road", ""], "London", "", "N1 5AA", "GB", "02075550100"),
    place("tokyo", ["下目黒1-8-1", "ARCO TOWER"], "目黒区", "東京都", "153-0064", "JP", "0355550100"),
];

const fn place(
    id: &'static str,
    lines: [&'static str; 2],
    city: &'static str,
    state: &'static str,
    postal_code: &'static str,
    country: &'static str,
    phone: &'static str,
) -> Address {
    Address { id, lines, city, state, postal_code, country, phone }
}

const fn card(ending: &'static str, brand: &'static str, turn: Turn, hint: &'static str) -> Instrument {
    Instrument { ending, brand, turn, hint }
}

const GOOD: Instrument = card("1111", "Visa", Turn::Passes, "Works.");
const AMEX: Instrument = card("0005", "American Express", Turn::Passes, "Works.");
const MASTER: Instrument = card("4444", "MasterCard", Turn::Passes, "Works.");
const BACK: Instrument = card("3064", "Visa", Turn::TurnsBack, "Paying turns back to the shop: BuyerCanceled.");
const REFUSED: Instrument = card("3434", "Visa", Turn::RefusedAtPay, "Refused on the pay page; another can be chosen.");
const PENDS: Instrument = card("0701", "Visa", Turn::Pends(""), "Authorisation pends, and passes after 30 seconds.");
const PENDS_REFUSED: Instrument =
    card("4354", "Visa", Turn::Pends("HardDeclined"), "Authorisation pends, and is refused after 30 seconds.");

const fn buyer(
    id: &'static str,
    name: &'static str,
    email: &'static str,
    instruments: &'static [Instrument],
    hint: &'static str,
) -> Buyer {
    Buyer { id, name, email, hint, instruments }
}

/// Everybody, in the order of the sign-in page.
pub const BUYERS: [Buyer; 19] = [
    buyer(
        "amzn1.account.ANAALLGOOD",
        "Ana Allgood",
        "ana@amazon-buyers.example",
        &[GOOD, AMEX, MASTER],
        "Three good cards. Everything works.",
    ),
    buyer(
        "amzn1.account.TERRYTESTWALLET",
        "Terry Testwallet",
        "terry@amazon-buyers.example",
        &[
            GOOD,
            AMEX,
            MASTER,
            card("9424", "Discover", Turn::Passes, "Works."),
            card("0000", "Diners Club", Turn::Passes, "Works."),
            BACK,
            REFUSED,
            PENDS,
            PENDS_REFUSED,
        ],
        "All nine cards of the documented test wallet.",
    ),
    buyer(
        "amzn1.account.DORADECLINED",
        "Dora Declined",
        "dora@amazon-buyers.example",
        &[REFUSED, GOOD],
        "Her first card is refused on the pay page, her second one works.",
    ),
    buyer(
        "amzn1.account.WALLYWALKAWAY",
        "Wally Walkaway",
        "wally@amazon-buyers.example",
        &[BACK],
        "Turns back instead of paying: BuyerCanceled.",
    ),
    buyer(
        "amzn1.account.LARSLATE",
        "Lars Late",
        "lars@amazon-buyers.example",
        &[card("3535", "Visa", Turn::RefusedAtComplete, "Refused when the shop completes the checkout.")],
        "The pages go well, then completing is refused: Declined.",
    ),
    buyer(
        "amzn1.account.PENNYPENDING",
        "Penny Pending",
        "penny@amazon-buyers.example",
        &[PENDS],
        "Her authorisation pends for 30 seconds, then passes.",
    ),
    buyer(
        "amzn1.account.PETEPENDING",
        "Pete Pendingno",
        "pete@amazon-buyers.example",
        &[PENDS_REFUSED],
        "His authorisation pends for 30 seconds, then is refused: HardDeclined.",
    ),
    buyer(
        "amzn1.account.MIAMULTIFACTOR",
        "Mia Multifactor",
        "mia@amazon-buyers.example",
        &[card("2702", "Visa", Turn::AsksCode, "Asks for a code before paying.")],
        "Has to enter a code before paying; not doing it ends in Declined.",
    ),
    buyer(
        "amzn1.account.SOFIASOFT",
        "Sofia Softdecline",
        "sofia@amazon-buyers.example",
        &[card(
            "5151",
            "MasterCard",
            Turn::FirstChargeRefused("SoftDeclined"),
            "The first charge is refused, the next one passes.",
        )],
        "A charge is SoftDeclined the first time and passes the second time.",
    ),
    buyer(
        "amzn1.account.HARRYHARD",
        "Harry Harddecline",
        "harry@amazon-buyers.example",
        &[card("5252", "MasterCard", Turn::ChargeRefused("HardDeclined"), "Charges are HardDeclined."), GOOD],
        "Charges are HardDeclined, and a subscription after its first payment; his second card works.",
    ),
    buyer(
        "amzn1.account.RITAREJECTED",
        "Rita Rejected",
        "rita@amazon-buyers.example",
        &[card("5353", "Visa", Turn::ChargeRefused("AmazonRejected"), "Charges are AmazonRejected.")],
        "Charges are AmazonRejected and end the permission.",
    ),
    buyer(
        "amzn1.account.TIMTIMEDOUT",
        "Tim Timedout",
        "tim@amazon-buyers.example",
        &[card("5454", "Visa", Turn::ChargeRefused("TransactionTimedOut"), "Charges are not decided in time.")],
        "Nobody decides his charges in time: TransactionTimedOut.",
    ),
    buyer(
        "amzn1.account.PAULAPROCESSING",
        "Paula Processing",
        "paula@amazon-buyers.example",
        &[card(
            "5555",
            "MasterCard",
            Turn::FirstChargeRefused("ProcessingFailure"),
            "The first charge fails, the next one passes.",
        )],
        "A charge ends in ProcessingFailure the first time and passes the second time.",
    ),
    buyer(
        "amzn1.account.NORANOTALLOWED",
        "Nora Notallowed",
        "nora@amazon-buyers.example",
        &[card("5656", "Store card", Turn::ChargeRefused("PaymentMethodNotAllowed"), "Not allowed for charges.")],
        "Her card is not allowed: PaymentMethodNotAllowed.",
    ),
    buyer(
        "amzn1.account.MARCOMFA",
        "Marco Mfa",
        "marco@amazon-buyers.example",
        &[card("5757", "Visa", Turn::ChargeRefused("MFANotCompleted"), "Charges need a step that he does not do.")],
        "Charges need a multi-factor step that he does not do: MFANotCompleted.",
    ),
    buyer(
        "amzn1.account.AVAATYPICAL",
        "Ava Atypical",
        "ava@amazon-buyers.example",
        &[card("5858", "Visa", Turn::Atypical, "Passes, with a warning not to ship.")],
        "Charges pass with StopShipmentAtypicalAuth: do not ship.",
    ),
    buyer(
        "amzn1.account.CARLCAPTURE",
        "Carl Capturerefused",
        "carl@amazon-buyers.example",
        &[card("5959", "Visa", Turn::CaptureRefused("AmazonRejected"), "Authorised, but the capture is refused.")],
        "The hold works, taking the money is AmazonRejected.",
    ),
    buyer(
        "amzn1.account.REXREFUND",
        "Rex Refundrefused",
        "rex@amazon-buyers.example",
        &[card("6060", "Visa", Turn::RefundRefused("ProcessingFailure"), "Works, but refunds are refused.")],
        "Paying works, giving back is declined: ProcessingFailure.",
    ),
    buyer(
        "amzn1.account.RUTHREFUND",
        "Ruth Refundrejected",
        "ruth@amazon-buyers.example",
        &[card("6161", "Visa", Turn::RefundRefused("AmazonRejected"), "Works, but refunds are refused.")],
        "Paying works, giving back is declined: AmazonRejected.",
    ),
];

/// The buyer with this id.
pub fn find(id: &str) -> Option<&'static Buyer> {
    BUYERS.iter().find(|own| own.id == id)
}

/// What the instrument of this buyer makes happen.
pub fn turn(buyer_id: &str, ending: &str) -> Turn {
    find(buyer_id).and_then(|buyer| buyer.instrument(ending)).map_or(Turn::Passes, |own| own.turn)
}

/// The buyer as the API shows them, as far as `scopes` allow.
pub fn json(buyer: &Buyer, scopes: &[String]) -> Value {
    let shared = |scope: &str, value: &str| if has(scopes, scope) { value.into() } else { Value::Null };
    json!({
        "buyerId": buyer.id, "name": shared("name", buyer.name), "email": shared("email", buyer.email),
        "phoneNumber": shared("phoneNumber", "2065550100"), "primeMembershipTypes": null,
    })
}

/// Whether these scopes share this. None given is all but the billing address.
pub fn has(scopes: &[String], scope: &str) -> bool {
    if scopes.is_empty() { scope != "billingAddress" } else { scopes.iter().any(|own| own == scope) }
}

/// Where a buyer's bills go.
pub fn billing_address(buyer: &Buyer) -> Value {
    ADDRESSES[0].json(buyer.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_wallet_is_complete_and_nobody_is_there_twice() {
        let wallet: Vec<&str> = BUYERS[1].instruments.iter().map(|own| own.ending).collect();
        assert_eq!(wallet, ["1111", "0005", "4444", "9424", "0000", "3064", "3434", "0701", "4354"]);
        for (place, buyer) in BUYERS.iter().enumerate() {
            assert!(BUYERS.iter().skip(place + 1).all(|other| other.id != buyer.id && other.name != buyer.name));
        }
        assert_eq!(GOOD.descriptor(), "Visa ****1111 (Amazon Pay)");
    }

    #[test]
    fn only_what_was_asked_for_is_shared() {
        let shared = json(&BUYERS[0], &["name".to_owned()]);
        assert_eq!((shared["name"].as_str(), shared["email"].as_str()), (Some("Ana Allgood"), None));
        assert!(json(&BUYERS[0], &[])["email"].is_string());
        assert!(!has(&[], "billingAddress"));
    }
}
