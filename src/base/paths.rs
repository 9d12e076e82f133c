//! Every address the shop hands out, built from the base URL (prefix included).
//!
//! Templates, redirects, mails and provider requests ask here and nowhere else; nothing is ever
//! taken from a request's URI or `Host`. The methods give paths as a browser on our own pages
//! needs them, prefix included; [`Paths::absolute`] makes them whole for mails and providers.

use std::fmt::Display;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The base address is not one that links can be built on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the base URL {0:?} must be http(s)://host[:port][/prefix], without query")]
pub struct BadBaseUrl(String);

/// The shop's addresses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Paths {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    origin: String,
    prefix: String,
}

macro_rules! fixed {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)+) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> String {
            self.local($path)
        }
    )+};
}

macro_rules! with_part {
    ($($(#[$doc:meta])* $name:ident = $before:literal, $after:literal;)+) => {$(
        $(#[$doc])*
        pub fn $name(&self, part: impl Display) -> String {
            let part = part.to_string();
            self.local(&format!(concat!($before, "{}", $after), utf8_percent_encode(&part, KEEP)))
        }
    )+};
}

impl Paths {
    /// Takes `http://localhost:3000` or `https://example.com/shop`.
    pub fn new(base_url: &str) -> Result<Paths, BadBaseUrl> {
        let bad = || BadBaseUrl(base_url.to_owned());
        let url = url::Url::parse(base_url).map_err(|_| bad())?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !plain {
            return Err(bad());
        }
        let origin = url.origin().ascii_serialization();
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Paths { inner: Arc::new(Inner { origin, prefix }) })
    }

    /// Scheme, host and port: `http://localhost:3000`.
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// What stands before every path: empty, or `/shop`. Also the `Path` of our cookies (or `/`).
    pub fn prefix(&self) -> &str {
        &self.inner.prefix
    }

    /// A path of ours as the browser needs it.
    pub fn local(&self, path: &str) -> String {
        format!("{}{path}", self.inner.prefix)
    }

    /// A path that one of the methods gave, with scheme and host in front, for mails and providers.
    pub fn absolute(&self, local: impl Display) -> String {
        format!("{}{local}", self.inner.origin)
    }

    /// The first page: `/`, or the prefix itself, as axum nests it.
    pub fn home(&self) -> String {
        if self.inner.prefix.is_empty() { "/".to_owned() } else { self.inner.prefix.clone() }
    }

    fixed! {
        /// Search and filters; add the query yourself with [`Paths::with_query`].
        search = "/search";
        /// Every code of every payment service: what happened and what to do.
        help_payments = "/help/payments";
        /// The market's rules: returns, fees, disputes, whom to write to.
        help_policies = "/help/policies";
        /// What is kept of whom, and why.
        help_privacy = "/help/privacy";
        /// Where Alexa's requests come in.
        alexa = "/alexa";
        /// The basket.
        cart = "/cart";
        /// Takes `product_id` and `quantity`.
        cart_items = "/cart/items";
        /// The one-page checkout.
        checkout = "/checkout";
        /// Make an account.
        signup = "/signup";
        /// Sign in.
        signin = "/signin";
        /// Sign out.
        signout = "/signout";
        /// The account page.
        account = "/account";
        /// All orders of an account.
        account_orders = "/account/orders";
        /// The standing approvals of an account.
        account_agreements = "/account/approvals";
        /// Asks whether the Alexa skill may be linked to the account.
        oauth_authorize = "/oauth/authorize";
        /// Opens a tab.
        tab = "/account/approvals/new";
        /// Where a code or a refresh token is exchanged.
        oauth_token = "/oauth/token";
        /// Ends the link.
        account_unlink = "/account/link/end";
        /// Ask for a link to set a new password.
        forgot_password = "/account/password/forgot";
        /// What selling here means; the way in to registration.
        sell = "/sell";
        /// Takes the registration form.
        sell_register = "/sell/register";
        /// Where providers send a seller back.
        sell_return = "/sell/return";
        /// The seller's desk.
        sell_desk = "/sell/desk";
        /// The seller's products.
        sell_products = "/sell/products";
        /// The form for a new product.
        sell_new_product = "/sell/products/new";
        /// The seller's orders.
        sell_orders = "/sell/orders";
        /// The seller's disputes.
        sell_disputes = "/sell/disputes";
        /// The seller's statement.
        sell_statement = "/sell/statement";
        /// The marketplace's own desk.
        admin = "/admin";
        /// All disputes.
        admin_disputes = "/admin/disputes";
        /// All orders.
        admin_orders = "/admin/orders";
        /// The inbox with verdicts.
        admin_notifications = "/admin/notifications";
        /// The outbox.
        admin_operations = "/admin/operations";
        /// How payments end: rates and counts.
        admin_rates = "/admin/rates";
        /// The trial balance.
        admin_ledger = "/admin/ledger";
        /// Our books held against the providers' lists.
        admin_reconciliation = "/admin/reconciliation";
        /// The sellers.
        admin_sellers = "/admin/sellers";
        /// The demo's mailbox.
        mailbox = "/mailbox";
    }

    with_part! {
        /// A product's page, by slug.
        product = "/p/", "";
        /// Buys a digital good with one click, by slug.
        product_buy = "/p/", "/buy";
        /// A seller's page, by slug.
        seller = "/s/", "";
        /// A seller's own shipping and return policies, by slug.
        seller_terms = "/s/", "#terms";
        /// Change or remove one basket line.
        cart_item = "/cart/items/", "";
        /// Leaves from the basket for a provider that brings the address, by provider name.
        cart_express = "/cart/express/", "";
        /// Everything in one category.
        category = "/search?category=", "";
        /// An uploaded picture.
        picture = "/pictures/", "";
        /// One standing approval, in the list.
        agreement = "/account/approvals#", "";
        /// Changes how one is paid.
        agreement_change = "/account/approvals/", "/change";
        /// Ends one standing approval.
        agreement_end = "/account/approvals/", "/end";
        /// Asks the provider again how one stands.
        agreement_check = "/account/approvals/", "/check";
        /// A buyer's order.
        order = "/orders/", "";
        /// Its invoice, once money was taken.
        order_invoice = "/orders/", "/invoice";
        /// Calls an order off.
        order_cancel = "/orders/", "/cancel";
        /// Asks for a return or a refund.
        order_request = "/orders/", "/requests";
        /// Adds a message to the order's thread.
        order_message = "/orders/", "/messages";
        /// Goes (again) to the provider for an order that still needs the buyer's approval.
        order_pay = "/orders/", "/pay";
        /// What the script of the provider's own button is told when it is pressed.
        order_pay_button = "/orders/", "/pay/button";
        /// Where a provider that brings the address sends the buyer to look over the order, by provider name.
        checkout_review = "/checkout/review/", "";
        /// Where a buyer lands after a provider; shows nothing personal.
        checkout_status = "/checkout/", "/status";
        /// Where a provider sends the buyer back, by provider name.
        provider_return = "/return/", "";
        /// Where a provider posts notifications, by provider name.
        ipn = "/ipn/", "";
        /// Sets a new password with a single-use link.
        set_password = "/account/password/", "";
        /// One product at the seller's desk.
        sell_product = "/sell/products/", "";
        /// A month of the seller's statement: `2012-12`.
        sell_month = "/sell/statement/", "";
        /// The same as a file of comma-separated values.
        sell_month_file = "/sell/statement/", "/csv";
        /// One order at the seller's desk.
        sell_order = "/sell/orders/", "";
        /// Its invoice, as the buyer has it.
        sell_invoice = "/sell/orders/", "/invoice";
        /// What goes into the parcel, on paper and without prices.
        sell_slip = "/sell/orders/", "/slip";
        /// The parcel is ready: take the money.
        sell_ship = "/sell/orders/", "/ship";
        /// The seller calls the order off.
        sell_cancel = "/sell/orders/", "/cancel";
        /// Asks the buyer to approve an order once more.
        sell_ask_again = "/sell/orders/", "/ask-again";
        /// Ends the subscription that an order belongs to.
        sell_end_subscription = "/sell/orders/", "/subscription/end";
        /// The seller gives money back.
        sell_refund = "/sell/orders/", "/refund";
        /// The seller answers in the order's thread.
        sell_message = "/sell/orders/", "/messages";
        /// The seller decides about a buyer's request.
        sell_request = "/sell/requests/", "";
        /// A dispute about an order is entered here.
        sell_order_dispute = "/sell/orders/", "/dispute";
        /// One dispute of a seller's.
        sell_dispute = "/sell/disputes/", "";
        /// What the seller can prove.
        sell_dispute_evidence = "/sell/disputes/", "/evidence";
        /// How a dispute ended.
        sell_dispute_end = "/sell/disputes/", "/end";
        /// The same at the marketplace's desk.
        admin_order_dispute = "/admin/orders/", "/dispute";
        /// One dispute there.
        admin_dispute = "/admin/disputes/", "";
        /// How it ended.
        admin_dispute_end = "/admin/disputes/", "/end";
        /// An operator says that what nobody could tell about never happened.
        admin_operation_never = "/admin/operations/", "/never";
        /// One order at the marketplace's desk.
        admin_order = "/admin/orders/", "";
        /// An operator takes the flag off an order.
        admin_flag = "/admin/orders/", "/flag";
        /// An operator calls an order off.
        admin_cancel = "/admin/orders/", "/cancel";
        /// Ends the standing approval that an order belongs to, as the operator.
        admin_end_agreement = "/admin/orders/", "/agreement/end";
        /// An operator gives money back.
        admin_refund = "/admin/orders/", "/refund";
        /// Asks the provider again about a difference.
        admin_ask_again = "/admin/reconciliation/", "/ask";
        /// An operator decides whether a seller may sell.
        admin_seller = "/admin/sellers/", "";
        /// One letter of the demo's mailbox.
        letter = "/mailbox/", "";
        /// The HTML of a letter alone, for the frame on its page.
        letter_page = "/mailbox/", "/html";
    }

    /// A file that ships with the program: `css/shop.css`, `pictures/honey.webp`.
    pub fn asset(&self, file: impl Display) -> String {
        self.local(&format!("/assets/{file}"))
    }

    /// What a provider's code means: the help page with that code unfolded.
    pub fn help_code(&self, provider: &str, code: &str) -> String {
        let page = self.with_query(&self.help_payments(), &[("q", code), ("provider", provider)]);
        format!("{page}#{provider}-{}", utf8_percent_encode(code, KEEP))
    }

    /// A guest's way to an order: the page with its secret.
    pub fn order_with_secret(&self, order: impl Display, secret: &str) -> String {
        format!("{}?key={}", self.order(order), utf8_percent_encode(secret, KEEP))
    }

    /// The way to a basket that was filled by voice, for whoever has its key.
    pub fn voice_cart(&self, key: &str) -> String {
        self.with_query(&self.local("/cart/voice"), &[("key", key)])
    }

    /// `path` with `pairs` as its query; empty values are left out.
    pub fn with_query(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_the_prefix() {
        let paths = Paths::new("https://example.com/shop/").unwrap();
        assert_eq!(paths.product("blue mug"), "/shop/p/blue%20mug");
        assert_eq!(paths.absolute(paths.provider_return("fps")), "https://example.com/shop/return/fps");
        assert_eq!(paths.help_code("fps", "PE"), "/shop/help/payments?q=PE&provider=fps#fps-PE");
        assert_eq!(paths.home(), "/shop");
        assert_eq!(Paths::new("http://localhost:3000").unwrap().home(), "/");
    }

    #[test]
    fn a_base_without_host_or_with_a_query_is_refused() {
        for bad in ["localhost:3000", "ftp://x", "http://x/?a=b", "/shop", "http://u@x"] {
            assert!(Paths::new(bad).is_err(), "{bad}");
        }
    }
}
