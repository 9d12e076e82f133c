//! Money that a dispute, a claim or the buyer's bank took from the seller, and that came again.

use super::Case;
use super::money::{unbalanced, zero};
use crate::base::money::Money;
use crate::flows::dispute;
use crate::flows::record_outcome::Recorded;
use crate::orders::dispute::Kind;
use crate::orders::ledger::Entry;
use crate::orders::operation;
use crate::orders::state::{Change, Fact, State};
use crate::store::Result;

impl Case<'_> {
    pub(super) async fn reversed(
        &mut self,
        transaction: &str,
        amount: Money,
        provider_fee: Option<Money>,
        kind: Kind,
    ) -> Result<Recorded> {
        if !self.gone_back("reversed", transaction, amount, provider_fee).await? {
            return Ok(Recorded::KnownAlready);
        }
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().refunded(&email, &self.order, amount, transaction);
        self.tx.queue_letter(&letter, self.now).await?;
        dispute::money_taken(self.ctx, self.tx, &self.order, kind, transaction, amount).await?;
        let who = match kind {
            Kind::Dispute => "the payment service decided for the buyer",
            Kind::Claim => "the payment service granted the buyer's claim",
            Kind::Chargeback => "the buyer's bank took it back",
        };
        self.change("Money taken back", &format!("{amount}: {who}."), self.due()).await
    }

    pub(super) async fn won_back(
        &mut self,
        transaction: &str,
        reversal: &str,
        amount: Money,
        provider_fee: Option<Money>,
        kind: Option<Kind>,
    ) -> Result<Recorded> {
        let provider_fee = provider_fee.unwrap_or(zero(&self.order));
        let sale = self.sale(amount, zero(&self.order), provider_fee);
        let entry = Entry::won_back(&sale).map_err(unbalanced)?;
        if !self.book("won_back", transaction, amount, zero(&self.order), provider_fee, &entry).await? {
            return Ok(Recorded::KnownAlready);
        }
        self.note_given(operation::Kind::Pay, transaction, reversal, amount).await?;
        let was_sent = self.tx.was_sent(&self.order.id).await?;
        match self.order.state.after(Fact::WonBack { was_sent }) {
            Change::To(state) => self.stands_again(state).await?,
            Change::Stays | Change::Ignored => {}
            Change::MoneyAfterGivingUp | Change::Impossible => {
                self.order.flag =
                    Some("The provider gave the seller money again that we never saw taken back.".to_owned());
            }
        }
        let email = self.buyer_email().await?;
        let letter = self.ctx.letters().taken_again(&email, &self.order, amount, transaction);
        self.tx.queue_letter(&letter, self.now).await?;
        dispute::money_won(self.ctx, self.tx, &self.order, kind, (reversal, transaction), amount).await?;
        self.change("Money won back", &format!("{amount} is the seller's again."), self.due()).await
    }

    /// The sale stands again; what had not been sent has to be found on the shelf a second time.
    async fn stands_again(&mut self, state: State) -> Result<()> {
        self.order.state = state;
        if state != State::Paid {
            return Ok(());
        }
        let lines = self.tx.order_lines(&self.order.id).await?;
        if self.tx.hold_stock(&self.order.id, &lines, None, self.now).await?.is_err() {
            self.tx.release_stock(&self.order.id, self.now).await?;
            self.order.flag = Some(
                "The money was won back, but the goods were sold meanwhile. Send others, or refund the buyer."
                    .to_owned(),
            );
        }
        Ok(())
    }
}
