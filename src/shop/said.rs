//! The provider's own words beside ours: its code, what it calls that, and where it is explained.

use crate::flows::Context;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::orders::order::Order;
use crate::orders::state::State;
use crate::orders::words::{Meaning, ProviderWord};

/// What a provider said last about an operation, as the macros of `parts/said.html` print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who said it, for people.
    pub provider: String,
    /// Its code, as it writes it.
    pub code: String,
    /// What it calls that; empty for a code that is not in its list.
    pub title: &'static str,
    /// Its own sentence, for sellers and operators; it may name a person.
    pub message: String,
    /// The page that explains the code; empty for one that is not in the list.
    pub help: String,
}

/// One operation at a desk.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was asked.
    pub operation: Operation,
    /// What the provider said last.
    pub said: Option<Said>,
    /// What the reader of this desk should know or do; empty where all is well.
    pub advice: &'static str,
}

impl Asked {
    /// What was asked, for people.
    pub fn what(&self) -> &'static str {
        match self.operation.kind {
            Kind::Refund if self.operation.is_given() => "Money back, begun at the payment service",
            Kind::Pay if self.operation.is_given() => "Money won back",
            Kind::Register => "Registration",
            Kind::Consent => "Approval",
            Kind::Pay => "Payment",
            Kind::Reserve => "Hold",
            Kind::Settle => "Taking what was held",
            Kind::Refund => "Refund",
            Kind::Cancel => "Letting the hold go",
            Kind::ChangeAgreement => "Changing the payment method",
            Kind::CancelAgreement => "Closing the approval",
        }
    }
}

/// Who reads a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Packs and ships.
    Seller,
    /// Runs the marketplace.
    Operator,
}

/// Operations with what was said about each.
pub fn asked(ctx: &Context, operations: Vec<Operation>, reader: Reader) -> Vec<Asked> {
    let one = |operation: Operation| {
        let word = word(ctx, &operation);
        let refusal = operation.refusal.as_ref().filter(|_| operation.progress != Progress::Succeeded);
        let words = refusal.map(|refusal| match word {
            // the list's own words are the closest, unless the operation was refused for another reason
            Some(ProviderWord { meaning: Meaning::Refused(_, reason), words, .. }) if *reason == refusal.reason => {
                *words
            }
            _ => refusal.reason.words(),
        });
        let advice = words.map_or("", |words| if reader == Reader::Seller { words.seller } else { words.operator });
        Asked { said: said(ctx, &operation), advice, operation }
    };
    operations.into_iter().map(one).collect()
}

/// Why the last try of an order came to nothing, for its buyer: without the provider's own sentence.
pub fn trouble(ctx: &Context, order: &Order, operations: &[Operation]) -> Option<Said> {
    if !matches!(order.state, State::Placed | State::Declined) || order.message.is_none() {
        return None;
    }
    let failed = operations.iter().rev().find(|it| it.progress == Progress::Failed && code(it).is_some())?;
    said(ctx, failed).map(|said| Said { message: String::new(), ..said })
}

/// Why the last try of a registration came to nothing, for the seller.
pub fn registration_trouble(ctx: &Context, operations: &[Operation]) -> Option<Said> {
    let last = operations.iter().rev().find(|it| it.kind == Kind::Register)?;
    if last.progress == Progress::Failed { said(ctx, last) } else { None }
}

fn code(operation: &Operation) -> Option<&str> {
    let refused = || operation.refusal.as_ref().map(|refusal| refusal.code.as_str());
    operation.said.as_deref().or_else(refused)
}

fn word(ctx: &Context, operation: &Operation) -> Option<&'static ProviderWord> {
    ctx.providers.word(&operation.provider, code(operation)?)
}

fn said(ctx: &Context, operation: &Operation) -> Option<Said> {
    let code = code(operation)?;
    let word = word(ctx, operation);
    let title = ctx.providers.get(&operation.provider).map(|provider| provider.title());
    let refusal = operation.refusal.as_ref().filter(|refusal| refusal.code == code);
    Some(Said {
        provider: title.unwrap_or(&operation.provider).to_owned(),
        code: code.to_owned(),
        title: word.map_or("", |word| word.title),
        message: refusal.map(|refusal| refusal.message.clone()).unwrap_or_default(),
        help: word.map(|_| ctx.paths.help_code(&operation.provider, code)).unwrap_or_default(),
    })
}
