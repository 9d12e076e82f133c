//! The kinds of differences, and what a person reads about each: what it means and what to do.

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// There under a reference of ours, and not in our books.
    NotRecorded,
    /// There about a payment of ours, and nobody here asked for it.
    DoneThere,
    /// There, and about nothing of ours.
    Stranger,
    /// In our books, and not there.
    NotThere,
    /// Asked for here, and not there.
    NeverArrived,
    /// Another amount there.
    Amount,
    /// Another fee there.
    Fee,
    /// Money is elsewhere there.
    State,
    /// The provider has been working on it for too long.
    Pending,
}

impl What {
    /// All of them, those first that a person should see first.
    pub const ALL: [What; 9] = [
        What::Stranger,
        What::State,
        What::Amount,
        What::NotThere,
        What::NotRecorded,
        What::DoneThere,
        What::Fee,
        What::NeverArrived,
        What::Pending,
    ];

    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            What::NotRecorded => "not_recorded",
            What::DoneThere => "done_there",
            What::Stranger => "stranger",
            What::NotThere => "not_there",
            What::NeverArrived => "never_arrived",
            What::Amount => "amount",
            What::Fee => "fee",
            What::State => "state",
            What::Pending => "pending",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.word() == word)
    }

    /// In a few words, for lists and letters.
    pub fn title(self) -> &'static str {
        match self {
            What::NotRecorded => "There, not in our books",
            What::DoneThere => "Done at the payment service",
            What::Stranger => "Nothing of ours",
            What::NotThere => "In our books, not there",
            What::NeverArrived => "Asked for, never arrived",
            What::Amount => "Another amount",
            What::Fee => "Another fee",
            What::State => "The money is elsewhere",
            What::Pending => "Undecided for too long",
        }
    }

    /// What it means.
    pub fn means(self) -> &'static str {
        match self {
            What::NotRecorded => "We asked for it, it was done, and the answer never reached our books.",
            What::DoneThere => {
                "Somebody did this to a payment of ours without asking the shop: at the payment service's own pages, or with our keys."
            }
            What::Stranger => {
                "It was made under our account, and the shop knows nothing of it: another program with our keys, or somebody who should not have them."
            }
            What::NotThere => "Our books say that money moved, and the payment service does not list it.",
            What::NeverArrived => {
                "The shop asked for it and never heard back, and the payment service does not list it: no money moved."
            }
            What::Amount => "Both know it, with different amounts.",
            What::Fee => {
                "Both know it, with different fees, so the seller's share in our books is not what was paid out."
            }
            What::State => "Both know it and disagree about where the money is.",
            What::Pending => "The payment service has been working on it for more than three days.",
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            What::NotRecorded => {
                "Ask again: what the payment service answers goes into the books. If it stays, look at the order and settle it with the buyer by hand."
            }
            What::DoneThere => "Ask again to take it into the books, and find out who did it.",
            What::Stranger => {
                "Find out which program made it. If nobody knows it, make a new key pair at once and report it to the payment service."
            }
            What::NotThere => {
                "Do not ship or refund the order on it. Look the transaction up at the payment service; if it is really not there, ask its support with the id."
            }
            What::NeverArrived => {
                "Nothing was charged. Call the order off, or let the buyer pay anew; nothing is sent a second time by itself."
            }
            What::Amount => {
                "Compare with the order. The payment service's amount is what moved: refund the difference, or settle it with the seller."
            }
            What::Fee => {
                "The payment service's fee is what was kept. Put the difference right in the seller's next statement."
            }
            What::State => "Do not ship meanwhile. Ask again: what the payment service answers goes into the books.",
            What::Pending => "Do not ship meanwhile. Ask again; if it stays, ask the payment service's support.",
        }
    }

    /// Whether the provider's answer, asked for once more, can mend it.
    pub fn can_ask(self) -> bool {
        match self {
            What::NotRecorded | What::DoneThere | What::State | What::Pending => true,
            What::Stranger | What::NotThere | What::NeverArrived | What::Amount | What::Fee => false,
        }
    }
}
