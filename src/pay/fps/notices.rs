//! Notifications (IPN) that FPS posts: what they are about.
//!
//! ```text
//! transactionId=14GK6B…&operation=PAY&transactionStatus=PENDING&transactionAmount=USD+1.00&callerReference=opn_01…
//! ```
//!
//! They come late, twice and out of order, and marketplaces get fewer fields than others; so a
//! notice is only a reason to look. Source: the guide, "Common IPN Response Elements" and
//! "IPN Responses for Marketplace Transactions", whose spellings differ.

use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::pay::fps::fields::Fields;
use crate::pay::fps::wire::read_amount;
use crate::pay::{Doubt, News};

/// What FPS calls an operation, and which of our kinds it is; none where this shop never asks for it.
/// Source: the guide, "FPSOperation (IPN)".
pub const OPERATIONS: [(&str, Option<Kind>); 10] = [
    ("PAY", Some(Kind::Pay)),
    ("RESERVE", Some(Kind::Reserve)),
    ("SETTLE", Some(Kind::Settle)),
    ("REFUND", Some(Kind::Refund)),
    // Cancelled by someone else, and by the user.
    ("CANCEL_TRANSACTION", Some(Kind::Cancel)),
    ("CANCEL", Some(Kind::Cancel)),
    ("MULTI_SETTLE", None),
    ("REAUTH", None),
    ("DEPOSIT_FUNDS", None),
    ("WITHDRAW_FUNDS", None),
];

/// What a genuine notice is about.
pub fn read(fields: &Fields) -> Result<News, Doubt> {
    match fields.get("notificationType") {
        Some("TokenCancellation") => token_cancellation(fields),
        Some("TransactionStatus") => transaction_status(fields),
        _ => Err(Doubt::NotUnderstood),
    }
}

/// A token was cancelled: no money moved, and the token stands where a transaction would.
fn token_cancellation(fields: &Fields) -> Result<News, Doubt> {
    let token = fields.get("tokenId").ok_or(Doubt::NotUnderstood)?;
    Ok(News {
        kind: None,
        transaction: Some(token.to_owned()),
        parent: None,
        reference: text(fields, "callerReference"),
        amount: None,
        payee_email: None,
        claimed: "TokenCancellation".to_owned(),
    })
}

fn transaction_status(fields: &Fields) -> Result<News, Doubt> {
    let field = |name| fields.get(name).ok_or(Doubt::NotUnderstood);
    let operation = field("operation")?;
    let (_, kind) = OPERATIONS.iter().find(|(word, _)| *word == operation).ok_or(Doubt::NotUnderstood)?;
    let kind = kind.ok_or(Doubt::NotUnderstood)?;
    // Older notices and those of marketplaces say `status`.
    let claimed = fields.get("transactionStatus").or_else(|| fields.get("status")).ok_or(Doubt::NotUnderstood)?;
    Ok(News {
        kind: Some(kind),
        transaction: Some(field("transactionId")?.to_owned()),
        parent: text(fields, "parentTransactionId"),
        reference: text(fields, "callerReference"),
        amount: fields.get("transactionAmount").and_then(amount),
        payee_email: text(fields, "recipientEmail"),
        claimed: claimed.to_owned(),
    })
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name).map(str::to_owned)
}

/// `USD 10.00`. Marketplaces may get none.
fn amount(text: &str) -> Option<Money> {
    let (currency, value) = text.split_once(' ')?;
    read_amount(currency, value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(body: &str) -> Result<News, Doubt> {
        read(&Fields::of(body))
    }

    /// The guide's sample of a refund, without the fields that nobody reads.
    const REFUND: &str = "transactionId=14GK6F2QU755ODS27SGHEURLKPG72Z54KMF&transactionDate=1254808324\
        &parentTransactionId=14GK4TNCAQ84NK9VITEHKAS94RAD9ZE2AQD&buyerEmail=new_premium%40amazon.com\
        &notificationType=TransactionStatus&callerReference=CallerReference03&transactionAmount=USD+1.00\
        &transactionStatus=SUCCESS&operation=REFUND&recipientEmail=test-caller%40amazon.com&statusCode=Success";

    #[test]
    fn a_notice_says_what_moved_and_claims_a_state() {
        let expected = News {
            kind: Some(Kind::Refund),
            transaction: Some("14GK6F2QU755ODS27SGHEURLKPG72Z54KMF".into()),
            parent: Some("14GK4TNCAQ84NK9VITEHKAS94RAD9ZE2AQD".into()),
            reference: Some("CallerReference03".into()),
            amount: Some(Money::usd(100)),
            payee_email: Some("test-caller@amazon.com".into()),
            claimed: "SUCCESS".into(),
        };
        assert_eq!(news(REFUND), Ok(expected.clone()));
        let older = REFUND.replace("transactionStatus", "status").replace("&operation", "&Operation");
        assert_eq!(news(&older), Ok(expected));
    }

    #[test]
    fn every_operation_of_the_guide_is_known_and_only_ours_are_news() {
        for (word, kind) in OPERATIONS {
            let read = news(&REFUND.replace("operation=REFUND", &format!("operation={word}"))).map(|news| news.kind);
            assert_eq!(read, kind.map(Some).ok_or(Doubt::NotUnderstood), "{word}");
        }
        assert_eq!(news(&REFUND.replace("REFUND", "DANCE")), Err(Doubt::NotUnderstood));
    }

    #[test]
    fn a_marketplace_notice_may_lack_the_amount_but_never_the_transaction() {
        let without = news(&REFUND.replace("&transactionAmount=USD+1.00", "")).unwrap();
        assert_eq!(without.amount, None);
        let nameless = REFUND.replace("transactionId=14GK6F2QU755ODS27SGHEURLKPG72Z54KMF&", "");
        assert_eq!(news(&nameless), Err(Doubt::NotUnderstood));
        assert_eq!(news(&REFUND.replace("TransactionStatus&", "Advertisement&")), Err(Doubt::NotUnderstood));
    }

    #[test]
    fn a_cancelled_token_is_news_without_a_kind() {
        let body = "notificationType=TokenCancellation&tokenId=T1&tokenType=MultiUse&dateInstalled=Oct+8%2C+2009\
            &callerReference=opn_1&customerEmail=a%40b.c&customerName=Ana";
        let news = news(body).unwrap();
        assert_eq!(
            (news.kind, news.transaction.as_deref(), news.reference.as_deref()),
            (None, Some("T1"), Some("opn_1"))
        );
        assert_eq!(news.claimed, "TokenCancellation");
    }
}
