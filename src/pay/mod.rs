//! The seam to the payment providers: what the shop asks of any of them, in the shop's words.
//!
//! A provider folder may use `base`, `market`, `orders` and [`http`]; it knows nothing of the
//! store, of pages or of another provider. Unknown is never success and never failure: what is not
//! plainly done or refused comes back as [`Outcome::Pending`] or [`Outcome::Silent`].

pub mod activity;
pub mod amazon_pay;
pub mod express;
pub mod fps;
pub mod http;
pub mod voice;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::base::ids::OperationId;
use crate::base::money::{Currency, Money};
use crate::market::sellers::{Payee, PayeeStatus};
use crate::orders::agreement::Used;
use crate::orders::checkout::Address;
use crate::orders::operation::{Kind, Operation};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::Refusal;
use crate::orders::words::ProviderWord;

pub use activity::{Activity, Movements};
pub use express::{Button, Choice, Express, Place, Visit, VisitAsk};
pub use voice::Voice;

/// What a provider can do, so that flows need no provider's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Takes the marketplace's fee out of the payment by itself and pays the seller the rest.
    pub splits_fee: bool,
    /// How it keeps approvals.
    pub keeping: Keeping,
    /// How many sellers one approval can cover.
    pub payees_per_consent: usize,
    /// How long an approval can be charged.
    pub consent_lifetime: Duration,
    /// How long money can stay on hold.
    pub hold_lifetime: Duration,
    /// How long the same reference gives the same answer; never resent after that.
    pub resend_window: Duration,
}

/// How a provider keeps approvals for later purchases and for subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Not at all.
    No,
    /// Every approval stays open until it is closed, even one for a single order, allows any amount, and
    /// the provider says by itself when it cannot be charged and when that is mended.
    OpenEnded,
    /// An approval allows what was said when it was given: an amount per period, which is taken at once,
    /// or limits and sellers. One for a single order ends by itself. The provider says only that one was ended.
    ByRules,
}

impl Abilities {
    /// Whether it keeps approvals, and closes them when asked.
    pub fn keeps_consents(&self) -> bool {
        self.keeping != Keeping::No
    }

    /// Whether what is kept is bound by rules.
    pub fn keeps_by_rules(&self) -> bool {
        self.keeping == Keeping::ByRules
    }
}

/// An answer to a question that is not an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// Here it is.
    Done(T),
    /// No.
    Refused(Refusal),
    /// No answer, or none that can be read; the text is for the log.
    Silent(String),
}

/// Where a person goes to register or approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The whole address, signed.
    pub address: String,
    /// The provider's id of the visit, where it gives one that is needed to ask about it later.
    pub visit: Option<String>,
}

/// A person who came back: the address that was called and the raw query (or form body) behind it.
#[derive(Clone, Debug)]
pub struct Returned {
    /// Our own address without query, built by `base::paths`, never taken from a `Host` header.
    pub endpoint: String,
    /// The query or body exactly as received.
    pub raw: String,
}

/// What a genuine return says. Amounts are not in it: they come from our own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnNews {
    /// Which operation of ours it claims to answer.
    pub reference: OperationId,
    /// What became of it.
    pub said: Said,
    /// What the pages remark besides, for the operator: a warning, or which parameter they did not like.
    pub remark: Option<String>,
}

/// How much a return says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Registered, consented or abandoned.
    Outcome(Outcome),
    /// Only which visit it was: [`Provider::find_outcome`] says what came of it, once the
    /// operation, and with it the amount that was agreed, is known.
    Visit(String),
}

/// Why a return or notification is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The signature is wrong or missing.
    NotGenuine,
    /// Nothing in it that we could have asked for.
    NotUnderstood,
    /// Genuine, but of a version of the provider's service that we do not speak; the text is its own word for it.
    OtherVersion(String),
}

/// A notification as it was received.
#[derive(Clone, Debug)]
pub struct RawNotification {
    /// Our own address, built by `base::paths`.
    pub endpoint: String,
    /// The body exactly as received.
    pub body: Vec<u8>,
}

/// What a genuine notification is about. It is a reason to re-read, not yet a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What moved; none where no money did (a cancelled token).
    pub kind: Option<Kind>,
    /// The provider's transaction; the approval where no money moved.
    pub transaction: Option<String>,
    /// Refunds: the transaction whose money went back.
    pub parent: Option<String>,
    /// The reference we, or someone else, gave it.
    pub reference: Option<String>,
    /// The amount it claims.
    pub amount: Option<Money>,
    /// Who is said to be paid: the seller's address at the provider.
    pub payee_email: Option<String>,
    /// The provider's own word for the state, for the desk.
    pub claimed: String,
}

impl News {
    /// The question how an approval stands.
    pub fn of_approval(consent: &str) -> News {
        News {
            kind: None,
            transaction: Some(consent.to_owned()),
            parent: None,
            reference: None,
            amount: None,
            payee_email: None,
            claimed: String::new(),
        }
    }
}

/// What a seller must agree to at the provider.
#[derive(Clone, Debug)]
pub struct RegistrationAsk<'a> {
    /// Where the provider sends the seller back.
    pub return_url: &'a str,
}

/// What a buyer sees at the provider.
#[derive(Clone, Debug)]
pub struct ConsentAsk<'a> {
    /// Where the provider sends the buyer back.
    pub return_url: &'a str,
    /// The shop's name.
    pub shop_name: &'a str,
    /// Where the parcel goes, frozen with the order.
    pub address: &'a Address,
    /// Whether something is sent there.
    pub travels: bool,
}

/// A payment provider.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The name in rows, forms and addresses: `fps`.
    fn name(&self) -> &'static str;

    /// The name for people.
    fn title(&self) -> &'static str;

    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// How many sellers one approval can cover right now, where that needs more than the ability to.
    async fn payees_now(&self) -> usize {
        self.abilities().payees_per_consent
    }

    /// Whether it takes `currency`.
    fn takes(&self, currency: Currency) -> bool;

    /// Everything it says: every code with what it means here. Built once; no code stands in it twice.
    fn words(&self) -> &'static [ProviderWord];

    /// Its own code behind an outcome of an operation of `kind` that carries none, where only one fits.
    fn word_of(&self, kind: Kind, outcome: &Outcome) -> Option<&'static str>;

    /// Where a seller goes to be paid by this provider. The operation is of kind `register`.
    async fn start_registration(&self, operation: &Operation, ask: RegistrationAsk<'_>) -> Answer<Redirect>;

    /// Where a buyer goes to approve. The operation is of kind `consent`.
    async fn start_consent(&self, operation: &Operation, ask: ConsentAsk<'_>) -> Answer<Redirect>;

    /// Reads what a person brought back, after the provider vouched for every byte of it.
    async fn understand_return(&self, returned: &Returned) -> Answer<Result<ReturnNews, Doubt>>;

    /// Sends the stored request of any operation for which nobody has to go to the provider's pages.
    async fn send(&self, operation: &Operation) -> Outcome;

    /// What became of an operation that was sent, or of a person sent to the provider's pages.
    /// `NeverArrived` means that sending it (again) is safe; so it is where the provider answers
    /// the same reference with the same result.
    async fn find_outcome(&self, operation: &Operation) -> Outcome;

    /// Where a buyer changes how a standing approval is paid; none where there is no such page, or where
    /// the way there is asked for by `start_change`.
    fn mend_address(&self, _consent: &str) -> Option<String> {
        None
    }

    /// Where a buyer goes to change how a standing approval is paid, and comes back from. The operation is
    /// of kind `change_agreement`. Asked only of those that keep approvals by rules.
    async fn start_change(&self, operation: &Operation, _return_url: &str) -> Answer<Redirect> {
        Answer::Silent(format!("{} is changed at the provider's own page", operation.subject.id()))
    }

    /// What was used of the limits of a standing approval; none where it has no limits.
    async fn agreement_use(&self, _consent: &str) -> Answer<Option<Used>> {
        Answer::Done(None)
    }

    /// Whether a seller can be paid right now.
    async fn payee_status(&self, payee: &Payee) -> Answer<PayeeStatus>;

    /// Reads a notification, after the provider vouched for it.
    async fn understand_notification(&self, notification: &RawNotification) -> Answer<Result<News, Doubt>>;

    /// The object behind a notification, as the provider has it now.
    async fn read(&self, news: &News) -> Outcome;

    /// The transaction that `transaction` belongs to: a refund's payment. None where there is none, or where the
    /// provider says it in its news.
    async fn parent_of(&self, _transaction: &str) -> Option<String> {
        None
    }

    /// What it lists of everything that happened under our account; none where it cannot.
    fn activity(&self) -> Option<&dyn Activity> {
        None
    }

    /// What it does for buyers who bring no address; none where it cannot.
    fn express(&self) -> Option<&dyn Express> {
        None
    }

    /// What it does for buyers who speak; none where it cannot.
    fn voice(&self) -> Option<&dyn Voice> {
        None
    }

    /// Whether the provider can be reached with our keys, for `doctor`: the sentence says what is wrong.
    async fn check(&self) -> Result<(), String>;

    /// What the marketplace's own account there holds; none where the provider keeps no such account.
    async fn purse(&self) -> Answer<Option<Money>> {
        Answer::Done(None)
    }
}

/// The providers that the configuration names.
#[derive(Clone, Default)]
pub struct Providers {
    all: Vec<Arc<dyn Provider>>,
}

impl Providers {
    /// Those in `all`, in the order in which a buyer is offered them.
    pub fn new(all: Vec<Arc<dyn Provider>>) -> Providers {
        Providers { all }
    }

    /// The one called `name`.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.all.iter().find(|provider| provider.name() == name)
    }

    /// The one that pays sellers itself in `currency`, and so has to know them. None where the
    /// marketplace takes the payments and owes the sellers their part.
    pub fn paying_sellers(&self, currency: Currency) -> Option<&Arc<dyn Provider>> {
        self.all.iter().find(|provider| provider.takes(currency) && provider.abilities().splits_fee)
    }

    /// The one through which is paid by voice in `currency`.
    pub fn speaking(&self, currency: Currency) -> Option<(&Arc<dyn Provider>, &dyn Voice)> {
        let speaking = |it: &'_ Arc<dyn Provider>| it.voice().is_some_and(|voice| voice.charges_in(currency));
        let provider = self.all.iter().find(|it| speaking(it))?;
        Some((provider, provider.voice()?))
    }

    /// What `provider` means by `code`, if it is a code of its list.
    pub fn word(&self, provider: &str, code: &str) -> Option<&'static ProviderWord> {
        self.get(provider)?.words().iter().find(|word| word.code == code)
    }

    /// What the provider of `operation` said in its own code, as far as `outcome` tells.
    pub fn said(&self, operation: &Operation, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Abandoned { code, .. } => Some(code.clone()),
            Outcome::Refused(refusal) => Some(refusal.code.clone()),
            outcome => Some(self.get(&operation.provider)?.word_of(operation.kind, outcome)?.to_owned()),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.all.iter()
    }
}
