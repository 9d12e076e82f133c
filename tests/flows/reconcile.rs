//! Our books held against what FPS lists: equal after a day's work, and every way in which they differ is found,
//! explained, and mended where asking again can mend it.

use pushcart::base::clock::{Clock, Millis, days, hours, minutes};
use pushcart::base::money::Money;
use pushcart::config::{Config, Written};
use pushcart::flows::reconcile;
use pushcart::market::fees::ProviderFeeBy;
use pushcart::orders::order::Order;
use pushcart::orders::reconcile::What;
use pushcart::orders::state::State;
use pushcart::pay::fps::answers::{Moved, TokenAnswer};
use pushcart::pay::fps::cbui;
use pushcart::pay::fps::client::{Fps, KeyPair, Settings};
use pushcart::pay::fps::wire::{Ask, Take};
use pushcart::pay::http;
use pushcart::store::reconcile::Run;
use pushcart::store::reconcile::differences::Kept;

use crate::market::{Database, Market};
use crate::visitor::Visitor;

/// A market and the address of the shop's database, for what only a mistake or an attacker would change there.
struct House {
    market: Market,
    database: String,
}

impl House {
    async fn open() -> Option<House> {
        let database = crate::database().await?;
        let known = match &database {
            Database::At { shop, .. } => Some(shop.clone()),
            Database::Sqlite => None,
        };
        let market = Market::on(database, "").await;
        let file = market.keys().with_file_name("shop.db");
        let database = known.unwrap_or_else(|| format!("sqlite://{}", file.display()));
        Some(House { market, database })
    }

    /// Changes rows behind the shop's back.
    async fn tamper(&self, statements: &str) {
        let pool = sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&self.database).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// An operator compares the last days on the page. What moved is over by then.
    async fn compare(&self) -> Run {
        self.market.later(minutes(15)).await;
        let mut operator = self.market.signed_in("operator@example.com").await;
        operator.open(&self.market.at("/admin/reconciliation")).await;
        let forms = operator.page.forms();
        let form = forms.iter().find(|form| form.action.ends_with("/admin/reconciliation")).unwrap();
        operator.send(form).await;
        operator.page.says(200, "What differs");
        let run = self.market.ctx().store.reconciliations(1).await.unwrap().remove(0);
        assert!(run.finished_at.is_some() && run.problem.is_none(), "{run:?}");
        run
    }

    async fn open_differences(&self) -> Vec<Kept> {
        self.market.ctx().store.open_differences("", 1000).await.unwrap()
    }

    /// The words of what differs.
    async fn differs(&self) -> Vec<&'static str> {
        let mut words: Vec<_> = self.open_differences().await.iter().map(|kept| kept.difference.what.word()).collect();
        words.sort_unstable();
        words
    }

    /// Presses the button of the one difference that has it.
    async fn ask_again(&self) -> Visitor {
        let mut operator = self.market.signed_in("operator@example.com").await;
        operator.open(&self.market.at("/admin/reconciliation")).await;
        operator.submit("/ask", &[]).await;
        operator
    }

    /// Moves to an hour after the next midnight.
    async fn to_the_next_night(&self) {
        let now = self.market.ctx().clock.now();
        self.market.later(now.start_of_day().plus(days(1)).plus(hours(1)).since(now)).await;
    }

    async fn nights(&self) -> Vec<Run> {
        let runs = self.market.ctx().store.reconciliations(100).await.unwrap();
        runs.into_iter().filter(|run| run.is_nightly).collect()
    }

    async fn ship(&self, order: &Order) {
        self.market.ship(order).await;
    }

    async fn refund(&self, order: &Order, amount: &str) {
        let mut seller = self.market.seller_of(order).await;
        seller.open(&self.market.at(&format!("/sell/orders/{}", order.id))).await;
        seller.submit("/refund", &[("amount", amount)]).await;
        self.market.settle_down().await;
    }

    /// Another program that has our keys, and of whose doings nobody is told.
    async fn elsewhere(&self) -> Fps {
        let body = serde_json::json!({ "provider": "fps", "fault": "lose_notification", "times": 1000 });
        self.market.control("POST", "faults", Some(body)).await;
        Fps::new(self.settings(), http::Client::new(None).unwrap(), Clock::new())
    }

    fn settings(&self) -> Settings {
        let config = Config::checked(Written::default()).unwrap();
        let keys = config.fps_keys.iter();
        Settings {
            api_url: format!("{}/fps/", self.market.sandbox_url),
            cbui_url: format!("{}/cobranded-ui/actions/start", self.market.sandbox_url),
            keys: keys.map(|(access, secret)| KeyPair { access: access.clone(), secret: secret.clone() }).collect(),
            ipn_url: None,
            cobranding_url: None,
        }
    }
}

async fn refund_elsewhere(fps: &Fps, order: &Order, reference: &str, cents: i64) {
    let ask = Ask::Refund {
        reference: reference.to_owned(),
        payment: order.transaction.clone().unwrap(),
        amount: Money::usd(cents),
        description: "a favour".to_owned(),
    };
    fps.ask::<Moved>(&ask).await.unwrap();
}

#[tokio::test]
async fn after_purchases_refunds_and_cancels_both_sides_are_equal() {
    let Some(house) = House::open().await else { return };
    let market = &house.market;
    let (_, shipped) = market.buy("pretzel", "acc_clara", "CC").await;
    house.ship(&shipped).await;
    house.refund(&shipped, "1.00").await;
    let (_, paid) = market.buy("hot-honey", "acc_bill", "ABT").await;
    house.refund(&paid, "19.00").await;
    let (_, held) = market.buy("pretzel", "acc_clara", "CC").await;
    let (_, cancelled) = market.buy("pretzel", "acc_clara", "CC").await;
    let mut seller = market.seller_at(&cancelled).await;
    seller.submit("/cancel", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&held.id).await.state, State::Reserved);

    let run = house.compare().await;
    assert_eq!((run.compared, run.found), (6, 0), "{:?}", house.open_differences().await);
    let day = market.ctx().store.reconciled_days(10).await.unwrap();
    assert!(day.iter().all(|day| day.moved.is_equal()), "{day:?}");
    let back: i64 = day.iter().map(|day| day.moved.there_back.minor).sum();
    assert_eq!(back, 2000);
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at("/admin/reconciliation")).await;
    operator.page.says(200, "Nothing differs.");
    market.books().await;
}

#[tokio::test]
async fn what_our_books_lost_is_found_and_mended_by_asking_again() {
    let Some(house) = House::open().await else { return };
    let market = &house.market;
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    assert_eq!(house.compare().await.found, 0);
    // as if the answer had never been recorded, for longer than it could be asked again
    house
        .tamper(
            "DELETE FROM postings; DELETE FROM entries; DELETE FROM balances;
             UPDATE operations SET state = 'unknown', transaction_id = NULL WHERE kind = 'pay';
             UPDATE orders SET state = 'consented', transaction_id = NULL, due_at = NULL;",
        )
        .await;
    assert_eq!(house.compare().await.found, 1);
    let kept = house.open_differences().await.remove(0);
    assert_eq!((kept.difference.what, kept.difference.order), (What::NotRecorded, Some(order.id.clone())));
    assert_eq!(kept.difference.there.unwrap().amount, order.total);
    let days = market.ctx().store.reconciled_days(1).await.unwrap();
    assert!(!days[0].moved.is_equal());

    let operator = house.ask_again().await;
    operator.page.says(200, "our books follow");
    assert_eq!(market.order(&order.id).await.state, State::Paid);
    assert_eq!(house.differs().await, [""; 0]);
    market.books().await;
    assert_eq!(house.compare().await.found, 0);
}

#[tokio::test]
async fn a_fee_that_was_changed_is_the_same_difference_the_next_night_and_gone_when_it_is_right() {
    let Some(house) = House::open().await else { return };
    let market = &house.market;
    market.buy("hot-honey", "acc_bill", "ABT").await;
    house.tamper("UPDATE entries SET provider_fee_minor = provider_fee_minor + 1").await;
    assert_eq!(house.compare().await.found, 1);
    let first = house.open_differences().await.remove(0);
    assert_eq!(first.difference.what, What::Fee);
    let (there, here) = (first.difference.there.unwrap().amount, first.difference.here.unwrap().amount);
    assert_eq!(here.minor, there.minor + 1);
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at("/admin/reconciliation")).await;
    operator.page.says(200, &format!("a fee of {there}"));
    operator.page.says(200, What::Fee.advice());
    assert!(!operator.page.html.contains("/ask\""), "asking again cannot mend a fee");
    operator.open(&market.at("/admin")).await;
    operator.page.says(200, "Differences 1");

    house.to_the_next_night().await;
    market.settle_down().await;
    let again = house.open_differences().await.remove(0);
    assert_eq!((again.id, again.first_seen), (first.id.clone(), first.first_seen));
    assert!(again.last_seen > first.last_seen);
    let letters = market.ctx().store.letters(50).await.unwrap();
    let told: Vec<_> = letters.iter().filter(|letter| letter.recipient == market.ctx().shop.contact).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].subject.starts_with("One difference") && told[0].body_text.contains(What::Fee.title()));

    house.tamper("UPDATE entries SET provider_fee_minor = provider_fee_minor - 1").await;
    house.to_the_next_night().await;
    market.settle_down().await;
    assert_eq!(house.differs().await, [""; 0]);
    assert_eq!(market.ctx().store.closed_differences(5).await.unwrap()[0].id, first.id);
    assert_eq!(market.ctx().store.letters(50).await.unwrap().len(), letters.len(), "nothing differs: no letter");
}

#[tokio::test]
async fn what_our_books_have_under_an_id_that_nobody_knows_is_told_from_both_sides() {
    let Some(house) = House::open().await else { return };
    house.market.buy("hot-honey", "acc_bill", "ABT").await;
    house.tamper("UPDATE entries SET provider_object = '15J2LRAUC8JKPDBIX7QMPR22MOBQF18DBBB'").await;
    assert_eq!(house.compare().await.found, 2);
    assert_eq!(house.differs().await, ["not_recorded", "not_there"]);
    let ctx = house.market.ctx();
    let missing = house.open_differences().await.into_iter().find(|it| it.difference.what == What::NotThere).unwrap();
    let refused = reconcile::ask_again(ctx, "operator@example.com", &missing.id).await;
    assert!(refused.is_err(), "nothing to ask about");
    // the order is paid already, so that the answer changes nothing and a person has to look
    house.ask_again().await.page.says(200, "nothing changed");
    assert_eq!(house.differs().await, ["not_recorded", "not_there"]);
}

#[tokio::test]
async fn what_somebody_else_does_with_our_keys_is_listed() {
    let Some(house) = House::open().await else { return };
    let market = &house.market;
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    let fps = house.elsewhere().await;
    refund_elsewhere(&fps, &order, "another-program-1", 300).await;
    let token = approval_elsewhere(&house, &fps, &order).await;
    let payee = market.ctx().store.payee(&order.seller, "fps").await.unwrap().unwrap();
    let take = Take {
        reference: "another-program-3".to_owned(),
        sender: token,
        recipient: payee.token,
        amount: Money::usd(500),
        fee_fixed: Money::usd(0),
        fee_variable_bp: 0,
        provider_fee_by: ProviderFeeBy::Seller,
        description: "not ours".to_owned(),
        statement: None,
    };
    let stranger = fps.ask::<Moved>(&Ask::Pay(take)).await.unwrap().result.transaction;

    assert_eq!(house.compare().await.found, 2);
    assert_eq!(house.differs().await, ["done_there", "stranger"]);
    let found = house.open_differences().await;
    let unknown = found.iter().find(|kept| kept.difference.what == What::Stranger).unwrap();
    assert_eq!((&unknown.difference.object, &unknown.difference.order), (&stranger, &None));
    assert_eq!(unknown.difference.reference.as_deref(), Some("another-program-3"));
    // the refund belongs to an order of ours, and can be taken into the books
    house.ask_again().await.page.says(200, "our books follow");
    assert_eq!(house.differs().await, ["stranger"]);
    let bookings = market.ctx().store.bookings(&order.id).await.unwrap();
    assert_eq!(bookings.iter().filter(|booked| booked.fact == "refunded").map(|it| it.amount.minor).sum::<i64>(), 300);
    market.books().await;
}

/// A buyer approves five dollars to the order's seller, asked by the other program.
async fn approval_elsewhere(house: &House, fps: &Fps, order: &Order) -> String {
    let payee = house.market.ctx().store.payee(&order.seller, "fps").await.unwrap().unwrap();
    let back = house.market.at("/help/policies");
    let key = fps.key().unwrap();
    let parameters = [
        ("callerKey", key.access.as_str()),
        ("callerReference", "another-program-2"),
        ("paymentMethod", cbui::PAYMENT_METHODS),
        ("paymentReason", "not ours"),
        ("pipelineName", "SingleUse"),
        ("recipientToken", &payee.token),
        ("returnURL", &back),
        ("signatureMethod", "HmacSHA256"),
        ("signatureVersion", "2"),
        ("transactionAmount", "5.00"),
        ("version", cbui::VERSION),
    ];
    let parameters = parameters.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let mut buyer = Visitor::new();
    buyer.open(&cbui::address(fps.settings(), key, parameters).unwrap()).await;
    house.market.approve(&mut buyer, "acc_bill", "ABT").await;
    let ask = Ask::TokenByReference { reference: "another-program-2".to_owned() };
    fps.ask::<TokenAnswer>(&ask).await.unwrap().result.token.id
}

#[tokio::test]
async fn one_night_is_compared_once_by_two_workers() {
    let Some(house) = House::open().await else { return };
    let ctx = house.market.ctx();
    house.market.settle_down().await;
    house.to_the_next_night().await;
    house.market.settle_down().await;
    assert_eq!(house.nights().await.len(), 0, "nothing was ever paid");
    house.market.buy("hot-honey", "acc_bill", "ABT").await;
    for nights in 1..=2 {
        house.to_the_next_night().await;
        let (one, other) = tokio::join!(reconcile::run_next(ctx), reconcile::run_next(ctx));
        assert!(one.unwrap() || other.unwrap());
        house.market.settle_down().await;
        let all = house.nights().await;
        assert_eq!(all.len(), nights);
        assert!(
            all.iter().all(|night| night.finished_at.is_some() && (night.compared, night.found) == (1, 0)),
            "{all:?}"
        );
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_tried_again_and_closes_nothing() {
    let Some(house) = House::open().await else { return };
    let (market, ctx) = (&house.market, house.market.ctx());
    market.buy("hot-honey", "acc_bill", "ABT").await;
    house.tamper("UPDATE entries SET provider_fee_minor = provider_fee_minor + 1").await;
    assert_eq!(house.compare().await.found, 1);
    house.tamper("UPDATE entries SET provider_fee_minor = provider_fee_minor - 1").await;
    crate::purchase::fault(market, "GetAccountActivity", "drop_response").await;
    let (from, until) = (ctx.clock.now().minus(days(1)), ctx.clock.now());
    let run = reconcile::compare_and_wait(ctx, "test", from, until).await.unwrap().remove(0);
    assert!(run.finished_at.is_none() && run.problem.is_some(), "{run:?}");
    assert_eq!(house.differs().await, ["fee"]);
    let run = reconcile::compare_and_wait(ctx, "test", from, until).await.unwrap().remove(0);
    assert!(run.finished_at.is_some(), "{run:?}");
    assert_eq!(house.differs().await, [""; 0]);
}

#[tokio::test]
async fn a_list_of_more_than_two_hundred_is_read_to_its_end() {
    let Some(house) = House::open().await else { return };
    let (_, order) = house.market.buy("hot-honey", "acc_bill", "ABT").await;
    let fps = house.elsewhere().await;
    for number in 0..205 {
        refund_elsewhere(&fps, &order, &format!("another-program-{number}"), 5).await;
    }
    let run = house.compare().await;
    assert_eq!((run.compared, run.found), (206, 205));
    let found = house.open_differences().await;
    assert!(found.iter().all(|kept| kept.difference.what == What::DoneThere));
    assert_eq!(found.len(), 205);
    let log = house.market.control("GET", "log?after=0", None).await.to_string();
    assert!(log.matches("Action=GetAccountActivity").count() + log.matches("\"GetAccountActivity\"").count() >= 2);
    let mut operator = house.market.signed_in("operator@example.com").await;
    operator.open(&house.market.at("/admin/reconciliation")).await;
    operator.page.says(200, "205 differences are open");
    assert!(operator.page.text().contains("Show more"));
}

#[tokio::test]
async fn a_refund_after_the_seller_was_paid_comes_from_the_seller_and_both_sides_agree() {
    let Some(house) = House::open().await else { return };
    let market = &house.market;
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    house.ship(&order).await;
    let store = &market.ctx().store;
    let earned = store.seller_balance(&order.seller, Money::usd(0)).await.unwrap();
    assert!(earned.is_positive());
    // long after the settle, when the seller's share has been paid out
    market.later(days(20)).await;
    house.refund(&order, "").await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    // the marketplace keeps its fee (MasterTxnOnly), so the seller bears it
    let fee: i64 = store.bookings(&order.id).await.unwrap().iter().map(|booked| booked.fee.minor).sum();
    let left = store.seller_balance(&order.seller, Money::usd(0)).await.unwrap();
    assert!(fee > 0 && left.minor == -fee, "{left} after a fee of {fee}");
    market.books().await;
    market.later(minutes(15)).await;
    let ctx = market.ctx();
    let (from, until): (Millis, Millis) = (ctx.clock.now().minus(days(30)), ctx.clock.now());
    let run = reconcile::compare_and_wait(ctx, "test", from, until).await.unwrap().remove(0);
    assert_eq!((run.compared, run.found), (2, 0), "{:?}", house.open_differences().await);
}
