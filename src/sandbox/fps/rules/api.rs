//! Parameters of the API actions: which exist, which are required, how long and of which kind.
//!
//! Names are case sensitive; a name that an action does not have is refused, so that a misspelled
//! `MarketplaceFixedfee` is noticed here and not in production. Source: the "Request Parameters"
//! table of every action, with the additions named in the project's reference.

use super::statement;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::wire::{Params, instant};

/// How a value must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Any text of at most so many bytes.
    Text(usize),
    /// An http(s) address.
    Url,
    /// One of these words, separated by `|`.
    Word(&'static str),
    /// Part of an amount, read elsewhere.
    Amount,
    /// A percentage, read elsewhere.
    Percent,
    /// A whole number from one to another.
    Number(u32, u32),
    /// An ISO 8601 date-time with an offset.
    Date,
}

use Kind::{Amount, Date, Number, Percent, Text, Url, Word};

type Row = (&'static str, bool, Kind);

const ROLES: Kind = Word("Recipient|Caller");
const POLICIES: Kind = Word("MasterTxnOnly|MarketplaceTxnOnly|MasterAndMarketplaceTxn");

/// Versions that clients in the wild ask for; the answers are the same.
const VERSIONS: [&str; 3] = ["2008-09-17", "2010-08-28", "2011-09-20"];

const COMMON: [&str; 7] =
    ["Action", "AWSAccessKeyId", "Signature", "SignatureVersion", "SignatureMethod", "Timestamp", "Version"];

const PAY_AND_RESERVE: &[Row] = &[
    ("CallerDescription", false, Text(160)),
    ("CallerReference", true, Text(128)),
    ("ChargeFeeTo", false, ROLES),
    ("DescriptorPolicy.CSOwner", false, ROLES),
    ("DescriptorPolicy.SoftDescriptorType", false, Word("Static|Dynamic")),
    ("MarketplaceFixedFee.CurrencyCode", false, Amount),
    ("MarketplaceFixedFee.Value", false, Amount),
    ("MarketplaceVariableFee", false, Percent),
    ("OverrideIPNURL", false, Url),
    ("RecipientTokenId", false, Text(65)),
    ("SenderDescription", false, Text(160)),
    ("SenderTokenId", true, Text(65)),
    ("TransactionAmount.CurrencyCode", true, Amount),
    ("TransactionAmount.Value", true, Amount),
    ("TransactionTimeoutInMins", false, Number(1, u32::MAX)),
];

/// Every action with its parameters.
const ACTIONS: &[(&str, &[Row])] = &[
    (
        "Cancel",
        &[("Description", false, Text(4096)), ("OverrideIPNURL", false, Url), ("TransactionId", true, Text(35))],
    ),
    ("CancelToken", &[("OverrideIPNURL", false, Url), ("ReasonText", false, Text(1024)), ("TokenId", true, Text(65))]),
    (
        "GetAccountActivity",
        &[
            ("EndDate", false, Date),
            ("FPSOperation", false, Word("Pay|Refund|Settle|Reserve")),
            ("MaxBatchSize", false, Number(20, 200)),
            ("PaymentMethod", false, Word("ABT|ACH|CC")),
            ("ResponseGroup", false, Text(64)),
            ("Role", false, Word("Caller|Recipient|Sender")),
            ("SortOrderByDate", false, Word("Ascending|Descending")),
            ("StartDate", true, Date),
            ("Status", false, Word("Cancelled|Failure|Pending|Reserved|Success")),
        ],
    ),
    ("GetAccountBalance", &[]),
    ("GetRecipientVerificationStatus", &[("RecipientTokenId", true, Text(65)), ("TokenId", false, Text(65))]),
    ("GetTokenByCaller", &[("CallerReference", false, Text(128)), ("TokenId", false, Text(65))]),
    (
        "GetTokens",
        &[
            ("CallerReference", false, Text(128)),
            ("TokenStatus", false, Word("Active|Inactive")),
            ("TokenType", false, Word("SingleUse|MultiUse|Recurring|Unrestricted")),
        ],
    ),
    ("GetTokenUsage", &[("TokenId", true, Text(65))]),
    ("GetTransaction", &[("TransactionId", true, Text(35))]),
    ("GetTransactionStatus", &[("TransactionId", true, Text(35))]),
    ("Pay", PAY_AND_RESERVE),
    (
        "Refund",
        &[
            ("CallerDescription", false, Text(160)),
            ("CallerReference", true, Text(128)),
            ("MarketplaceRefundPolicy", false, POLICIES),
            ("OverrideIPNURL", false, Url),
            ("RefundAmount.CurrencyCode", false, Amount),
            ("RefundAmount.Value", false, Amount),
            ("TransactionId", true, Text(35)),
        ],
    ),
    ("Reserve", PAY_AND_RESERVE),
    (
        "Settle",
        &[
            ("OverrideIPNURL", false, Url),
            ("ReserveTransactionId", true, Text(35)),
            ("TransactionAmount.CurrencyCode", false, Amount),
            ("TransactionAmount.Value", false, Amount),
        ],
    ),
    ("VerifySignature", &[("HttpParameters", true, Text(65_536)), ("UrlEndPoint", true, Text(4096))]),
];

/// The action by its exact name, as a word that lives as long as the program.
pub fn action(name: &str) -> Option<&'static str> {
    ACTIONS.iter().find(|(action, _)| *action == name).map(|(action, _)| *action)
}

/// The actions there are, in the order of their tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|(action, _)| *action)
}

/// Checks the parameters of `action`: the first thing wrong with them, naming the parameter.
pub fn check(action: &str, params: &Params) -> Result<(), ApiError> {
    let rows = ACTIONS.iter().find(|(name, _)| *name == action).map_or(&[] as &[Row], |(_, rows)| rows);
    let version = params.required("Version")?;
    if !VERSIONS.contains(&version) {
        return Err(ApiError::params(format!("Version {version} is not known")));
    }
    for (position, (name, value)) in params.0.iter().enumerate() {
        if COMMON.contains(&name.as_str()) {
            continue;
        }
        let Some((_, _, kind)) = rows.iter().find(|(row, ..)| row == name) else {
            return Err(ApiError::params(format!("{name} is not a parameter of {action}")));
        };
        if params.0[..position].iter().any(|(earlier, _)| earlier == name) {
            return Err(ApiError::params(format!("{name} is given twice")));
        }
        if !value.is_empty() {
            check_value(name, value, *kind)?;
        }
    }
    for (name, required, _) in rows {
        if *required {
            params.required(name)?;
        }
    }
    if params.get("DescriptorPolicy.SoftDescriptorType") == Some("Dynamic") {
        statement::dynamic(params.required("SenderDescription")?)?;
    }
    Ok(())
}

fn check_value(name: &str, value: &str, kind: Kind) -> Result<(), ApiError> {
    let is_good = match kind {
        Text(most) => {
            value.chars().count() <= most && !value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        }
        Url => {
            value.len() <= 2048
                && !value.chars().any(char::is_control)
                && url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        }
        Word(words) => words.split('|').any(|word| word == value),
        Amount => value.len() <= 20,
        Percent => value.len() <= 8,
        Number(least, most) => value.parse::<u32>().is_ok_and(|number| (least..=most).contains(&number)),
        Date => instant(value).is_some(),
    };
    if is_good { Ok(()) } else { Err(ApiError::params(format!("{name} has an invalid value"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(pairs: &[(&str, &str)]) -> Params {
        let version = [("Version", "2010-08-28")];
        Params(version.iter().chain(pairs).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    const GOOD_PAY: [(&str, &str); 4] = [
        ("CallerReference", "r"),
        ("SenderTokenId", "t"),
        ("TransactionAmount.Value", "1"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];

    #[test]
    fn the_table_has_every_row_of_the_guide() {
        for line in include_str!("../../../../tests/data/fps/fps-actions.tsv").lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let (action, name, required, size) =
                (columns[0].split(' ').next().unwrap(), columns[1], columns[2], columns.get(4).unwrap_or(&""));
            if action == "(common)" {
                assert!(COMMON.contains(&name), "{name}");
                continue;
            }
            let Some((_, rows)) = ACTIONS.iter().find(|(known, _)| *known == action) else {
                assert!(columns[0].contains("beyond the seed"), "{action} is missing");
                continue;
            };
            if name == "(none)" {
                assert!(rows.is_empty(), "{action} takes nothing");
                continue;
            }
            let row = rows.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{action}.{name} is missing"));
            assert_eq!(row.1, required.starts_with("yes"), "{action}.{name}");
            if let (Ok(size), Text(most)) = (size.parse::<usize>(), row.2) {
                assert_eq!(most, size, "{action}.{name}");
            }
        }
    }

    #[test]
    fn a_good_pay_passes_and_every_missing_parameter_is_named() {
        assert_eq!(check("Pay", &request(&GOOD_PAY)), Ok(()));
        for left_out in GOOD_PAY {
            let rest: Vec<_> = GOOD_PAY.into_iter().filter(|pair| *pair != left_out).collect();
            let error = check("Pay", &request(&rest)).unwrap_err();
            assert_eq!((error.code.as_str(), error.message.contains(left_out.0)), ("InvalidParams", true));
        }
    }

    #[test]
    fn unknown_repeated_and_ill_formed_parameters_are_refused() {
        for bad in [
            ("ChargeFeeTo", "Sender"),
            ("MarketplaceFixedfee.Value", "1"),
            ("CallerReference", "again"),
            ("OverrideIPNURL", "ftp://x"),
            ("TransactionTimeoutInMins", "0"),
            ("CallerDescription", "a\0b"),
            ("SenderDescription", &"x".repeat(161)),
        ] {
            let mut pairs = GOOD_PAY.to_vec();
            pairs.push(bad);
            assert_eq!(check("Pay", &request(&pairs)).unwrap_err().code, "InvalidParams", "{bad:?}");
        }
    }

    #[test]
    fn a_dynamic_descriptor_needs_a_plain_sender_description() {
        let with = |description: &'static str| {
            let mut pairs = GOOD_PAY.to_vec();
            pairs.push(("DescriptorPolicy.SoftDescriptorType", "Dynamic"));
            pairs.push(("SenderDescription", description));
            check("Pay", &request(&pairs))
        };
        assert_eq!(with("Blue Mug 42"), Ok(()));
        for bad in ["", " Mug", "Mug & Co"] {
            assert!(with(bad).is_err(), "{bad:?}");
        }
    }
}
