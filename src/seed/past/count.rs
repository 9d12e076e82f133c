//! The rates of a past.

use super::Past;
use crate::base::clock::days;
use crate::orders::rates::{Counted, Payment, band_of};
use crate::orders::state::State;
use crate::store::{Result, Write};

impl Past {
    /// How the attempts ended, as the shop itself would have counted them.
    pub(super) async fn count(&self, tx: &mut Write) -> Result<()> {
        let (order, at) = (&self.order, self.order.placed_at);
        let payment = |method| Payment {
            provider: order.provider.clone(),
            method,
            device: self.checkout.device,
            country: self.checkout.address.country.clone(),
            currency: order.total.currency,
            band: band_of(order.total),
        };
        if self.came_back_once {
            tx.count_payment(&payment(None), Counted::Abandoned, at).await?;
        }
        let paid = payment(order.instrument);
        match order.state {
            State::Declined => tx.count_payment(&paid, Counted::Declined, at).await,
            state if state.is_sold() => {
                tx.count_payment(&paid, Counted::Approved, at).await?;
                tx.count_payment(&paid, Counted::Paid, self.taken_at()).await?;
                if state == State::Refunded {
                    tx.count_payment(&paid, Counted::Refunded, self.taken_at()).await?;
                }
                Ok(())
            }
            _ => tx.count_payment(&payment(None), Counted::Abandoned, at.plus(days(1))).await,
        }
    }
}
