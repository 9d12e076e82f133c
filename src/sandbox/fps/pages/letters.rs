//! The mails of a payer, by the guide's "Email Notification Templates", and those about refusals and disputes to both
//! sides.
//! None is kept: each follows from a token that was made or ended, from a charge of one that came to its end,
//! or from a case.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::claims::Kind;
use crate::sandbox::fps::state::claims::Case;
use crate::sandbox::fps::state::people::{Given, Line};

/// One mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// When it was sent.
    pub at: Millis,
    /// The name of its template; empty where the guide names none.
    pub template: &'static str,
    /// What it says.
    pub text: String,
}

/// The mails to `account` about these tokens, charges and cases, newest first.
pub fn letters(tokens: &[Given], lines: &[Line], cases: &[Case], account: &str) -> Vec<Letter> {
    let mut all: Vec<Letter> = tokens.iter().flat_map(about_token).collect();
    all.extend(lines.iter().filter_map(|line| {
        let given = tokens.iter().find(|given| given.token.id == line.sender_token);
        given.map_or_else(|| about_failure(line, account), |given| about_charge(given, line))
    }));
    all.extend(cases.iter().flat_map(|case| about_case(case, account)));
    all.sort_by_key(|letter| std::cmp::Reverse(letter.at));
    all
}

fn about_token(given: &Given) -> Vec<Letter> {
    let (token, shop) = (&given.token, &given.caller_name);
    let is_multi = token.kind == "MultiUse";
    let mut letters = vec![Letter {
        at: Millis(token.installed_at),
        template: if is_multi { "MultiuseTokenInstall" } else { "RecurringTokenInstall" },
        text: match token.old_token_id == token.id {
            true => format!("{shop} may charge you from now on."),
            false => format!("{shop} charges you by another payment method from now on."),
        },
    }];
    if matches!(token.ended_by.as_str(), "caller" | "payer") {
        let who = if token.ended_by == "payer" { "You have" } else { "The shop has" };
        letters.push(Letter {
            at: Millis(token.ended_at),
            template: if is_multi { "MultiuseTokenCancel" } else { "RecurringTokenCancel" },
            text: format!("{who} ended what {shop} might charge. Nothing more will be taken."),
        });
    }
    letters
}

fn about_charge(given: &Given, line: &Line) -> Option<Letter> {
    let is_multi = given.token.kind == "MultiUse";
    let template = match (line.kind.as_str(), line.state.as_str()) {
        ("Refund", _) => return None,
        (_, "Success") if is_multi => "MultiPaymentSuccess",
        (_, "Success") if line.method == "ACH" => "RecurringPaymentSuccessACH",
        (_, "Success") => "RecurringPaymentSuccess",
        (_, "Failure") if is_multi => "MultiPaymentFailure",
        (_, "Failure") => "RecurringPaymentFailure",
        _ => return None,
    };
    let amount = Money::usd(line.amount_minor);
    let text = match line.state.as_str() {
        "Success" => format!("You paid {amount} to {}.", line.recipient_name),
        _ => format!("Your payment of {amount} to {} was refused. Nothing was taken.", line.recipient_name),
    };
    Some(Letter { at: line.at(), template, text })
}

/// "In the case of a failed transaction, Amazon Payments e-mails the sender and you about the transaction decline."
fn about_failure(line: &Line, account: &str) -> Option<Letter> {
    if line.kind == "Refund" || line.state != "Failure" {
        return None;
    }
    let amount = Money::usd(line.amount_minor);
    let text = if line.sender_id == account {
        format!("Your payment of {amount} to {} was refused. Nothing was taken.", line.recipient_name)
    } else {
        format!("The payment of {amount} by {} was refused. There is nothing for you to do.", line.sender_name)
    };
    Some(Letter { at: line.at(), template: "", text })
}

/// "When a buyer files a dispute, Amazon will notify the seller by email."
fn about_case(case: &Case, account: &str) -> Vec<Letter> {
    let (kind, amount, payment) = (case.kind().label(), case.amount(), &case.transaction_id);
    let is_seller = case.seller_id == account;
    let opened = match (is_seller, case.kind()) {
        (true, Kind::Chargeback) => format!(
            "{kind} of {amount} for transaction {payment}: the buyer's bank took the money back. Contest it with proof of delivery by {}, or it stays with the buyer.",
            Millis(case.answer_by).for_people()
        ),
        (true, _) => format!(
            "{kind} of {amount} for transaction {payment}. Refund the buyer, or send proof of delivery by {}.",
            Millis(case.answer_by).for_people()
        ),
        (false, _) => format!("{kind} of {amount} for transaction {payment}: we asked the seller and write again."),
    };
    let mut letters = vec![Letter { at: Millis(case.opened_at), template: "", text: opened }];
    let end = match case.state.as_str() {
        "granted" => "was decided for the buyer",
        "denied" => "was decided for the seller",
        "withdrawn" => "was withdrawn by the buyer",
        "repaid" => "was decided for the buyer, who has paid the money back since",
        "superseded" => "was closed, because the buyer's bank began a chargeback",
        _ => return letters,
    };
    let text = format!("{kind} of {amount} for transaction {payment} {end}.");
    letters.push(Letter { at: Millis(case.closed_at), template: "", text });
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::fps::state::tokens::Token;

    fn given(kind: &str, ended_by: &str) -> Given {
        let token = Token {
            ended_by: ended_by.to_owned(),
            ended_at: 50,
            ..Token::fresh("acc_marketplace", "acc_omni", kind, "r", Millis(10))
        };
        Given { token, caller_name: "Pushcart".to_owned(), recipient_name: "Tinker".to_owned() }
    }

    fn line(given: &Given, kind: &str, state: &str, method: &str) -> Line {
        Line {
            id: "t".to_owned(),
            parent_id: String::new(),
            kind: kind.to_owned(),
            state: state.to_owned(),
            method: method.to_owned(),
            amount_minor: 999,
            sender_token: given.token.id.clone(),
            sender_id: "acc_omni".to_owned(),
            sender_name: "Olive".to_owned(),
            recipient_name: "Tinker".to_owned(),
            reason: String::new(),
            received_at: 20,
            completed_at: 30,
        }
    }

    #[test]
    fn every_template_of_the_guide_has_its_cause() {
        let mut seen = Vec::new();
        for kind in ["MultiUse", "Recurring"] {
            let given = given(kind, "payer");
            let lines: Vec<Line> = [("Success", "CC"), ("Success", "ACH"), ("Failure", "CC"), ("Pending", "CC")]
                .map(|(state, method)| line(&given, "Pay", state, method))
                .into();
            seen.extend(letters(&[given], &lines, &[], "acc_omni").into_iter().map(|letter| letter.template));
        }
        for template in [
            "MultiPaymentFailure",
            "MultiPaymentSuccess",
            "MultiuseTokenCancel",
            "MultiuseTokenInstall",
            "RecurringPaymentFailure",
            "RecurringPaymentSuccess",
            "RecurringPaymentSuccessACH",
            "RecurringTokenCancel",
            "RecurringTokenInstall",
        ] {
            assert!(seen.contains(&template), "{template}");
        }
    }

    #[test]
    fn an_edited_token_sends_no_mail_that_it_was_ended_and_the_newest_comes_first() {
        let old = given("MultiUse", "edit");
        let lines = [line(&old, "Pay", "Success", "CC"), line(&old, "Refund", "Success", "CC")];
        let templates: Vec<_> =
            letters(&[old], &lines, &[], "acc_omni").into_iter().map(|letter| letter.template).collect();
        assert_eq!(templates, ["MultiPaymentSuccess", "MultiuseTokenInstall"]);
    }

    #[test]
    fn a_refusal_is_told_to_both_sides_and_nothing_else_of_single_payments_is() {
        let single = given("SingleUse", "");
        let lines = ["Failure", "Success"].map(|state| line(&single, "Pay", state, "CC"));
        let told =
            |account| letters(&[], &lines, &[], account).into_iter().map(|letter| letter.text).collect::<Vec<_>>();
        assert_eq!(told("acc_omni"), ["Your payment of $9.99 to Tinker was refused. Nothing was taken."]);
        assert_eq!(told("acc_wares"), ["The payment of $9.99 by Olive was refused. There is nothing for you to do."]);
    }

    #[test]
    fn the_seller_hears_of_a_case_and_until_when_to_answer() {
        let case = Case {
            kind: "chargeback".to_owned(),
            state: "denied".to_owned(),
            seller_id: "acc_wares".to_owned(),
            amount_minor: 1900,
            answer_by: 1_355_128_200_000,
            closed_at: 20,
            ..Case::default()
        };
        let texts: Vec<_> = letters(&[], &[], &[case], "acc_wares").into_iter().map(|letter| letter.text).collect();
        assert!(texts[0].contains("decided for the seller"), "{texts:?}");
        assert!(texts[1].contains("took the money back") && texts[1].contains("10 Dec 2012"), "{texts:?}");
    }
}
