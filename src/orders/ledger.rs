//! Double entry: every fact about money is one entry whose postings add up to zero.
//!
//! `provider:fps` is what the provider took for us, so it stands on the left (plus); what sellers
//! and fees are owed stands on the right (minus). While money is on hold it stands in
//! `held:{order}` against `buyer:{order}`.

use std::collections::BTreeMap;
use std::fmt;

use crate::base::ids::{OrderId, SellerId};
use crate::base::money::{Currency, Money, MoneyError};
use crate::market::fees::ProviderFeeBy;

/// An account of the books.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// The buyer's side of a hold.
    Buyer(OrderId),
    /// Money on hold for an order.
    Held(OrderId),
    /// What a seller earned.
    Seller(SellerId),
    /// What the marketplace earned.
    MarketplaceFee,
    /// What providers kept.
    ProviderFee,
    /// What a provider took from buyers, less what it gave back.
    Provider(String),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Buyer(order) => write!(f, "buyer:{order}"),
            Account::Held(order) => write!(f, "held:{order}"),
            Account::Seller(seller) => write!(f, "seller:{seller}"),
            Account::MarketplaceFee => f.write_str("fee:marketplace"),
            Account::ProviderFee => f.write_str("fee:provider"),
            Account::Provider(name) => write!(f, "provider:{name}"),
        }
    }
}

/// One amount on one account.
pub type Posting = (Account, Money);

/// Postings that add up to zero per currency. Cannot be made otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    postings: Vec<Posting>,
}

/// An entry that does not add up: a bug, refused before it reaches the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// The postings of one currency do not add up to zero.
    #[error("the postings do not add up to zero")]
    NotZero,
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Entry {
    /// Takes postings that add up to zero; drops those of zero.
    pub fn new(postings: Vec<Posting>) -> Result<Entry, Unbalanced> {
        let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
        for (_, money) in &postings {
            let sum = sums.entry(money.currency).or_insert(Money::zero(money.currency));
            *sum = sum.plus(*money)?;
        }
        if sums.values().any(|sum| !sum.is_zero()) {
            return Err(Unbalanced::NotZero);
        }
        let mut postings: Vec<Posting> = postings.into_iter().filter(|(_, money)| !money.is_zero()).collect();
        postings.sort();
        Ok(Entry { postings })
    }

    /// The postings, in the order in which their accounts are locked.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// Money goes on hold.
    pub fn held(order: &OrderId, amount: Money) -> Result<Entry, Unbalanced> {
        Entry::new(vec![(Account::Held(order.clone()), amount), (Account::Buyer(order.clone()), amount.negated())])
    }

    /// A hold is let go.
    pub fn released(order: &OrderId, amount: Money) -> Result<Entry, Unbalanced> {
        Entry::held(order, amount.negated())
    }

    /// Money is taken: the seller gets it, less the marketplace's fee, and one of the two bears the provider's.
    /// `held` is what was on hold before, or zero.
    pub fn taken(sale: &Sale<'_>, held: Money) -> Result<Entry, Unbalanced> {
        let of_seller = sale.provider_fee_by.of_seller(sale.provider_fee);
        let of_market = sale.provider_fee.minus(of_seller)?;
        let to_seller = sale.amount.minus(sale.marketplace_fee)?.minus(of_seller)?;
        Entry::new(vec![
            (Account::Held(sale.order.clone()), held.negated()),
            (Account::Buyer(sale.order.clone()), held),
            (Account::Provider(sale.provider.to_owned()), sale.amount),
            (Account::Seller(sale.seller.clone()), to_seller.negated()),
            (Account::MarketplaceFee, of_market.minus(sale.marketplace_fee)?),
            (Account::ProviderFee, sale.provider_fee.negated()),
        ])
    }

    /// Money that had gone back is the seller's again, less what the provider keeps: the marketplace had kept its fee.
    pub fn won_back(sale: &Sale<'_>) -> Result<Entry, Unbalanced> {
        Entry::taken(sale, Money::zero(sale.amount.currency))
    }

    /// Money goes back: the reverse of [`Entry::taken`] for the amounts that each side gives back.
    pub fn refunded(sale: &Sale<'_>) -> Result<Entry, Unbalanced> {
        let taken = Entry::taken(sale, Money::zero(sale.amount.currency))?;
        Entry::new(taken.postings.into_iter().map(|(account, money)| (account, money.negated())).collect())
    }
}

/// What an entry about taken or returned money needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    /// The order.
    pub order: &'a OrderId,
    /// Who sells.
    pub seller: &'a SellerId,
    /// The provider's name.
    pub provider: &'a str,
    /// How much moves.
    pub amount: Money,
    /// What of it is the marketplace's.
    pub marketplace_fee: Money,
    /// What of it is the provider's.
    pub provider_fee: Money,
    /// Who bears that.
    pub provider_fee_by: ProviderFeeBy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sums(entries: &[Entry]) -> BTreeMap<Account, i64> {
        let mut sums = BTreeMap::new();
        for (account, money) in entries.iter().flat_map(Entry::postings) {
            *sums.entry(account.clone()).or_insert(0) += money.minor;
        }
        sums
    }

    #[test]
    fn a_reserve_and_its_settle_leave_the_total_with_the_provider() {
        let (order, seller) = (OrderId::fresh(), SellerId::fresh());
        let sale = Sale {
            order: &order,
            seller: &seller,
            provider: "fps",
            amount: Money::usd(1999),
            marketplace_fee: Money::usd(130),
            provider_fee: Money::usd(88),
            provider_fee_by: ProviderFeeBy::Seller,
        };
        let entries = [Entry::held(&order, sale.amount).unwrap(), Entry::taken(&sale, sale.amount).unwrap()];
        let sums = sums(&entries);
        assert_eq!(sums[&Account::Held(order.clone())], 0);
        assert_eq!(sums[&Account::Buyer(order.clone())], 0);
        assert_eq!(sums[&Account::Provider("fps".into())], 1999);
        assert_eq!(sums[&Account::Seller(seller.clone())], -(1999 - 130 - 88));
        assert_eq!((sums[&Account::MarketplaceFee], sums[&Account::ProviderFee]), (-130, -88));

        let ours = Sale { provider_fee_by: ProviderFeeBy::Market, ..sale };
        let sums = self::sums(&[Entry::taken(&ours, Money::usd(0)).unwrap()]);
        assert_eq!(sums[&Account::Seller(seller)], -(1999 - 130));
        assert_eq!((sums[&Account::MarketplaceFee], sums[&Account::ProviderFee]), (-130 + 88, -88));
    }

    #[test]
    fn postings_that_do_not_add_up_are_refused() {
        let lone = vec![(Account::MarketplaceFee, Money::usd(1))];
        assert_eq!(Entry::new(lone), Err(Unbalanced::NotZero));
        let mixed = vec![
            (Account::MarketplaceFee, Money::usd(1)),
            (Account::ProviderFee, Money::new(-1, Currency::from_code("EUR").unwrap())),
        ];
        assert_eq!(Entry::new(mixed), Err(Unbalanced::NotZero));
    }

    /// The part of a provider's fee that goes back with a refund: parts of the whole add up to the whole.
    fn part(fee: i64, before: i64, after: i64, whole: i64) -> i64 {
        let up_to = |refunded| Money::usd(fee).share(refunded, whole).unwrap().minor;
        up_to(after) - up_to(before)
    }

    proptest! {
        #[test]
        fn refunds_in_parts_leave_nothing_but_the_marketplaces_fee(
            amount in 1..1_000_000_i64,
            fees in (0..10_000_i64, 0..10_000_i64),
            (held, by_market) in any::<(bool, bool)>(),
            cuts in proptest::collection::vec(0..1000_i64, 0..12),
        ) {
            let (order, seller) = (OrderId::fresh(), SellerId::fresh());
            let (market, provider) = (fees.0.min(amount), fees.1.min(amount));
            let sale = |amount, market, provider| Sale {
                order: &order,
                seller: &seller,
                provider: "fps",
                amount: Money::usd(amount),
                marketplace_fee: Money::usd(market),
                provider_fee: Money::usd(provider),
                provider_fee_by: if by_market { ProviderFeeBy::Market } else { ProviderFeeBy::Seller },
            };
            let on_hold = if held { amount } else { 0 };
            let mut entries = vec![
                Entry::held(&order, Money::usd(on_hold)).unwrap(),
                Entry::taken(&sale(amount, market, provider), Money::usd(on_hold)).unwrap(),
            ];
            // any parts, and the last one takes the rest
            let mut marks: Vec<i64> = cuts.iter().map(|cut| amount * cut / 1000).collect();
            marks.push(amount);
            marks.sort_unstable();
            let mut before = 0;
            for after in marks {
                let back = sale(after - before, 0, part(provider, before, after, amount));
                entries.push(Entry::refunded(&back).unwrap());
                before = after;
                let sums = sums(&entries);
                let get = |account: &Account| sums.get(account).copied().unwrap_or(0);
                prop_assert_eq!(get(&Account::Provider("fps".into())), amount - after);
                prop_assert_eq!(sums.values().sum::<i64>(), 0);
                prop_assert!(get(&Account::ProviderFee) <= 0, "never more of a fee than was kept");
            }
            let sums = sums(&entries);
            let get = |account: &Account| sums.get(account).copied().unwrap_or(0);
            prop_assert_eq!(get(&Account::ProviderFee), 0);
            prop_assert_eq!(get(&Account::MarketplaceFee), -market);
            prop_assert_eq!(get(&Account::Seller(seller.clone())), market, "the seller has paid for it");
            prop_assert_eq!(get(&Account::Held(order.clone())), 0);
            prop_assert_eq!(get(&Account::Buyer(order.clone())), 0);
        }

        #[test]
        fn every_entry_about_a_sale_adds_up_to_zero(amount in 0..1_000_000_i64, fee in 0..10_000_i64, held in 0..1_000_000_i64) {
            let (order, seller) = (OrderId::fresh(), SellerId::fresh());
            let provider_fee_by = ProviderFeeBy::Seller;
            let sale = Sale { order: &order, seller: &seller, provider: "fps", amount: Money::usd(amount), marketplace_fee: Money::usd(fee), provider_fee: Money::usd(3), provider_fee_by };
            for entry in [Entry::taken(&sale, Money::usd(held)), Entry::refunded(&sale)] {
                prop_assert_eq!(entry.unwrap().postings().iter().map(|(_, money)| money.minor).sum::<i64>(), 0);
            }
        }
    }
}
