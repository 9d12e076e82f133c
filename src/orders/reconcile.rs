//! A provider's own list held against our books, one transaction at a time: what differs, what it means, what to do.
//!
//! Nothing is decided here about money: a difference is shown to a person, and where asking the provider again can
//! mend it, the answer goes through the same door as every other.

mod words;

use std::time::Duration;

use crate::base::clock::{Millis, days, minutes};
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::orders::operation::{Kind, Operation};

pub use words::What;

/// What moved later than this before a run may still be on its way to the other side's books.
pub const ON_ITS_WAY: Duration = minutes(10);

/// How long a provider may work on something before somebody should look.
pub const PATIENCE: Duration = days(3);

/// How long something that was asked for may be missing from the provider's list.
pub const ARRIVAL: Duration = days(1);

/// How the ids of the past that `pushcart seed` makes up begin: no provider ever saw it, so none is asked for it.
pub const MADE_UP: &str = "PAST-";

/// Where the money of one transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// The provider is working on it.
    Pending,
    /// On hold.
    Held,
    /// Taken from the buyer.
    Taken,
    /// Back with the buyer.
    GivenBack,
    /// Nowhere: it failed, or the hold is gone.
    Nothing,
}

impl Stand {
    /// All of them.
    pub const ALL: [Stand; 5] = [Stand::Pending, Stand::Held, Stand::Taken, Stand::GivenBack, Stand::Nothing];

    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            Stand::Pending => "pending",
            Stand::Held => "held",
            Stand::Taken => "taken",
            Stand::GivenBack => "given_back",
            Stand::Nothing => "nothing",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Stand> {
        Stand::ALL.into_iter().find(|stand| stand.word() == word)
    }

    /// For people, after an amount: `$19.00 taken`.
    pub fn label(self) -> &'static str {
        match self {
            Stand::Pending => "still being worked on",
            Stand::Held => "on hold",
            Stand::Taken => "taken",
            Stand::GivenBack => "given back",
            Stand::Nothing => "failed or let go",
        }
    }
}

/// One line of a provider's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The provider's id.
    pub transaction: String,
    /// The reference that its caller gave it, if we may read it.
    pub reference: Option<String>,
    /// Refunds: the transaction whose money went back.
    pub parent: Option<String>,
    /// What it is; none for what we never ask for.
    pub kind: Option<Kind>,
    /// Where its money is.
    pub stand: Stand,
    /// How much.
    pub amount: Money,
    /// What of it the provider kept, or of a refund gave back, where it says so.
    pub fee: Option<Money>,
    /// When the provider received it.
    pub at: Millis,
    /// When it came to this state, as far as that is told.
    pub changed_at: Millis,
}

/// What a line of our books says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Put on hold.
    Held,
    /// The hold is gone.
    Released,
    /// Taken.
    Taken,
    /// Given back.
    Refunded,
}

impl Fact {
    /// Reads the word of an entry. None for what is not about a transaction of the provider's list.
    pub fn from_word(word: &str) -> Option<Fact> {
        match word {
            "held" => Some(Fact::Held),
            "released" => Some(Fact::Released),
            // what a buyer's bank or Amazon reversed moves as a refund does, and what is won back as a payment
            "taken" | "won_back" => Some(Fact::Taken),
            "refunded" | "reversed" => Some(Fact::Refunded),
            _ => None,
        }
    }
}

/// One line of our books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The order.
    pub order: OrderId,
    /// The provider's id of what moved.
    pub object: String,
    /// What it did.
    pub fact: Fact,
    /// How much.
    pub amount: Money,
    /// What the provider kept, or gave back.
    pub provider_fee: Money,
    /// When it was booked.
    pub at: Millis,
}

/// What one side says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Where the money is.
    pub stand: Stand,
    /// How much; for a difference of fees, the fee.
    pub amount: Money,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is.
    pub what: What,
    /// The provider's id, or the id of our operation where the provider has none.
    pub object: String,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The reference that its caller gave it.
    pub reference: Option<String>,
    /// Refunds: the transaction whose money went back.
    pub parent: Option<String>,
    /// What was asked.
    pub kind: Option<Kind>,
    /// What the provider says.
    pub there: Option<Side>,
    /// What our books say.
    pub here: Option<Side>,
    /// The provider's time; ours for what it does not list.
    pub at: Millis,
}

/// What we know about one movement.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The lines of our books about it.
    pub lines: &'a [Line],
    /// The operation whose reference it carries.
    pub operation: Option<&'a Operation>,
    /// The order whose payment it gives back.
    pub order_of_parent: Option<&'a OrderId>,
}

/// Where the money is by our books; none where they have nothing.
pub fn stand_of(lines: &[Line]) -> Option<Side> {
    let last = |fact: Fact| lines.iter().rev().find(|line| line.fact == fact);
    let side = |stand, line: &Line| Side { stand, amount: line.amount };
    if let Some(line) = last(Fact::Refunded) {
        return Some(side(Stand::GivenBack, line));
    }
    if let Some(line) = last(Fact::Taken) {
        return Some(side(Stand::Taken, line));
    }
    if let Some(line) = last(Fact::Released) {
        return Some(side(Stand::Nothing, line));
    }
    last(Fact::Held).map(|line| side(Stand::Held, line))
}

/// What differs about one movement, seen at `now`. What may still be on its way does not.
pub fn compare(movement: &Movement, known: Known<'_>, now: Millis) -> Vec<Difference> {
    let here = stand_of(known.lines);
    let there = Side { stand: movement.stand, amount: movement.amount };
    let of = |what, there, here| Difference {
        what,
        object: movement.transaction.clone(),
        order: order_of(known),
        reference: movement.reference.clone(),
        parent: movement.parent.clone(),
        kind: movement.kind,
        there: Some(there),
        here,
        at: movement.at,
    };
    let moved_here = known.lines.iter().map(|line| line.at).max();
    let moved = moved_here.map_or(movement.changed_at, |at| at.max(movement.changed_at));
    if now.since(moved) < ON_ITS_WAY {
        return Vec::new();
    }
    let is_ours = known.operation.is_some() || !known.lines.is_empty();
    if movement.kind.is_none() || !is_ours && known.order_of_parent.is_none() {
        return vec![of(What::Stranger, there, here)];
    }
    let missing = if is_ours { What::NotRecorded } else { What::DoneThere };
    match (movement.stand, here.map(|side| side.stand)) {
        // Ours may still say "held" while a settle is under way.
        (Stand::Pending, None | Some(Stand::Held | Stand::Nothing)) if now.since(movement.at) < PATIENCE => Vec::new(),
        (Stand::Pending, None | Some(Stand::Held | Stand::Nothing)) => vec![of(What::Pending, there, here)],
        (Stand::Nothing, None | Some(Stand::Nothing)) => Vec::new(),
        (Stand::Held | Stand::Taken | Stand::GivenBack, None) => vec![of(missing, there, here)],
        (there_stand, Some(here_stand)) if there_stand == here_stand => {
            let mut found = Vec::new();
            if here.is_some_and(|here| here.amount != there.amount) {
                found.push(of(What::Amount, there, here));
            }
            let booked = known.lines.iter().rev().find(|line| matches!(line.fact, Fact::Taken | Fact::Refunded));
            if let (Some(fee), Some(line)) = (movement.fee, booked)
                && fee != line.provider_fee
            {
                let side = |amount| Side { stand: movement.stand, amount };
                found.push(of(What::Fee, side(fee), Some(side(line.provider_fee))));
            }
            found
        }
        (_, Some(_)) => vec![of(What::State, there, here)],
    }
}

fn order_of(known: Known<'_>) -> Option<OrderId> {
    let booked = known.lines.first().map(|line| &line.order);
    let asked = known.operation.and_then(|operation| operation.subject.order());
    booked.or(asked).or(known.order_of_parent).cloned()
}

/// What our books have about something that the provider does not list; none where no money is meant to be anywhere.
pub fn not_there(lines: &[Line]) -> Option<Difference> {
    let first = lines.first()?;
    let here = stand_of(lines).filter(|side| side.stand != Stand::Nothing)?;
    Some(Difference {
        what: What::NotThere,
        object: first.object.clone(),
        order: Some(first.order.clone()),
        reference: None,
        parent: None,
        kind: None,
        there: None,
        here: Some(here),
        at: lines.iter().map(|line| line.at).max().unwrap_or(first.at),
    })
}

/// What was asked for and is on nobody's list.
pub fn never_arrived(operation: &Operation) -> Difference {
    Difference {
        what: What::NeverArrived,
        object: operation.id.to_string(),
        order: operation.subject.order().cloned(),
        reference: Some(operation.id.to_string()),
        parent: None,
        kind: Some(operation.kind),
        there: None,
        here: Some(Side { stand: Stand::Pending, amount: operation.amount }),
        at: operation.created_at,
    }
}

/// What moved on one day, on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Taken, as the provider lists it.
    pub there_taken: Money,
    /// Taken, by our books.
    pub here_taken: Money,
    /// Given back, as the provider lists it.
    pub there_back: Money,
    /// Given back, by our books.
    pub here_back: Money,
}

impl Day {
    /// Nothing moved.
    pub fn empty(zero: Money) -> Day {
        Day { there_taken: zero, here_taken: zero, there_back: zero, here_back: zero }
    }

    /// Whether both sides say the same.
    pub fn is_equal(&self) -> bool {
        self.there_taken == self.here_taken && self.there_back == self.here_back
    }

    /// Counts a line of the provider's list.
    pub fn add_there(&mut self, movement: &Movement) {
        match movement.stand {
            Stand::Taken => self.there_taken.minor += movement.amount.minor,
            Stand::GivenBack => self.there_back.minor += movement.amount.minor,
            Stand::Pending | Stand::Held | Stand::Nothing => {}
        }
    }

    /// Counts lines of our books.
    pub fn add_here(&mut self, lines: &[Line]) {
        for line in lines {
            match line.fact {
                Fact::Taken => self.here_taken.minor += line.amount.minor,
                Fact::Refunded => self.here_back.minor += line.amount.minor,
                Fact::Held | Fact::Released => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
