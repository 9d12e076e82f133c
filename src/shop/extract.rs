//! Who is asking, and what they sent: the extractors that every handler's signature is made of.

use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::AppendHeaders;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use super::error::PageError;
use crate::base::ids::{self, BuyerId};
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::device::Device;
use crate::orders::order::Order;
use crate::store::accounts::Account;

/// The cookie of a web session.
pub const SESSION_COOKIE: &str = "pushcart_session";

/// The cookie of a basket.
const CART_COOKIE: &str = "pushcart_cart";

/// Where a session keeps who is signed in.
const WHO: &str = "account";

/// Where a session keeps the secrets of a guest's orders.
const ORDERS: &str = "orders";

/// Where a session keeps what it is known by as the owner of visits at a provider.
const BROWSER: &str = "browser";

/// The most guest orders that one session remembers.
const MOST_ORDERS: usize = 50;

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Whether the visitor has a session at all.
pub fn has_session_cookie(headers: &HeaderMap) -> bool {
    cookie(headers, SESSION_COOKIE).is_some()
}

/// A basket as the visitor's cookie names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// Its unguessable id.
    pub id: String,
    /// How many things are in it, for display only.
    pub count: i64,
}

impl Cart {
    /// A new, empty one.
    pub fn fresh() -> Cart {
        Cart { id: ids::secret(), count: 0 }
    }

    /// The header that makes the browser remember it for 30 days. An empty basket is forgotten, so
    /// that its visitor gets everybody's pages again.
    pub fn remember(&self, paths: &Paths) -> AppendHeaders<[(HeaderName, String); 1]> {
        let path = if paths.prefix().is_empty() { "/" } else { paths.prefix() };
        let secure = if paths.origin().starts_with("https") { "; Secure" } else { "" };
        let (value, age) = match self.count {
            0 => (String::new(), 0),
            count => (format!("{}.{count}", self.id), 30 * 24 * 60 * 60),
        };
        AppendHeaders([(
            SET_COOKIE,
            format!("{CART_COOKIE}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"),
        )])
    }
}

/// The visitor's basket, if they have one. Never refuses: a damaged cookie is no basket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CartCookie(pub Option<Cart>);

impl CartCookie {
    /// Reads it from the headers.
    pub fn of(headers: &HeaderMap) -> CartCookie {
        CartCookie(cookie(headers, CART_COOKIE).and_then(|value| {
            let (id, count) = value.split_once('.')?;
            let is_id = id.len() == 26 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
            let count = count.parse().ok().filter(|count| (1..100_000).contains(count))?;
            is_id.then(|| Cart { id: id.to_owned(), count })
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CartCookie {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<CartCookie, Self::Rejection> {
        Ok(CartCookie::of(&parts.headers))
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Who {
    account: BuyerId,
    epoch: i64,
    /// The day on which the session was last prolonged, counted from 1970.
    day: i64,
}

/// Signs `account` in: the session gets a new id, so that nobody else can know it.
pub async fn sign_in(ctx: &Context, session: &Session, account: &Account) -> Result<(), PageError> {
    session.cycle_id().await?;
    let who = Who { account: account.id.clone(), epoch: account.session_epoch, day: today(ctx) };
    Ok(session.insert(WHO, who).await?)
}

fn today(ctx: &Context) -> i64 {
    ctx.clock.real_now().0 / (24 * 60 * 60 * 1000)
}

/// Who is signed in, if anybody. Asks the database only for visitors with a session.
#[derive(Clone, Debug)]
pub struct MaybeSignedIn(pub Option<Account>);

impl<S> FromRequestParts<S> for MaybeSignedIn
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<MaybeSignedIn, PageError> {
        if !has_session_cookie(&parts.headers) {
            return Ok(MaybeSignedIn(None));
        }
        let ctx = Context::from_ref(state);
        let session = session_of(parts, state).await?;
        let Some(who) = session.get::<Who>(WHO).await? else { return Ok(MaybeSignedIn(None)) };
        let account = ctx.store.account(&who.account).await?;
        let account = account.filter(|account| account.session_epoch == who.epoch);
        match account {
            // a password change elsewhere, or the account is gone
            None => drop(session.remove::<Who>(WHO).await?),
            // once a day, so that 14 days count from the last visit
            Some(_) if who.day != today(&ctx) => session.insert(WHO, Who { day: today(&ctx), ..who }).await?,
            Some(_) => {}
        }
        Ok(MaybeSignedIn(account))
    }
}

async fn session_of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Session, PageError> {
    Session::from_request_parts(parts, state).await.map_err(|(_, why)| PageError::internal(why))
}

/// What the visitor's browser runs on. Never refuses; the browser's name itself goes no further.
#[derive(Clone, Copy, Debug)]
pub struct MadeOn(pub Device);

impl<S: Send + Sync> FromRequestParts<S> for MadeOn {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<MadeOn, Self::Rejection> {
        let name = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(MadeOn(name.map_or(Device::Unknown, Device::of)))
    }
}

/// Somebody with an account. Others are sent to sign in, and back to the page they wanted.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Account);

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<SignedIn, PageError> {
        let MaybeSignedIn(account) = MaybeSignedIn::from_request_parts(parts, state).await?;
        let paths = Context::from_ref(state).paths;
        account.map(SignedIn).ok_or_else(|| PageError::SignInFirst(sign_in_address(&paths, parts)))
    }
}

/// The way to sign in from here. `nest` takes the prefix off, so it is put on again.
fn sign_in_address(paths: &Paths, parts: &Parts) -> String {
    let wanted = if parts.method == Method::GET { paths.local(parts.uri.path()) } else { String::new() };
    paths.with_query(&paths.signin(), &[("next", &wanted)])
}

/// Somebody with a stall. Others are sent to where one gets a stall.
#[derive(Clone, Debug)]
pub struct SignedInSeller {
    /// Who it is.
    pub account: Account,
    /// The stall.
    pub seller: Seller,
}

impl<S> FromRequestParts<S> for SignedInSeller
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<SignedInSeller, PageError> {
        let SignedIn(account) = SignedIn::from_request_parts(parts, state).await?;
        let ctx = Context::from_ref(state);
        match ctx.store.seller_of(&account.id).await? {
            Some(seller) => Ok(SignedInSeller { account, seller }),
            None => Err(PageError::SignInFirst(ctx.paths.sell())),
        }
    }
}

/// An operator of the marketplace. Others get the answer of a page that is not there.
#[derive(Clone, Debug)]
pub struct SignedInOperator(pub Account);

impl<S> FromRequestParts<S> for SignedInOperator
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<SignedInOperator, PageError> {
        let SignedIn(account) = SignedIn::from_request_parts(parts, state).await?;
        if account.is_operator { Ok(SignedInOperator(account)) } else { Err(PageError::NotFound) }
    }
}

/// A secret of this browser's session that stays the same whatever is bought: it owns visits.
pub async fn browser_secret(session: &Session) -> Result<String, PageError> {
    let known = known_browser(session).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    let fresh = ids::secret();
    session.insert(BROWSER, &fresh).await?;
    Ok(fresh)
}

/// The same where there is one already; else nothing.
pub async fn known_browser(session: &Session) -> Result<String, PageError> {
    Ok(session.get(BROWSER).await?.unwrap_or_default())
}

/// Lets this session see a guest's order without the secret link.
pub async fn remember_order(session: &Session, order: &Order) -> Result<(), PageError> {
    let mut secrets: Vec<String> = session.get(ORDERS).await?.unwrap_or_default();
    if !secrets.contains(&order.secret) {
        secrets.push(order.secret.clone());
        let surplus = secrets.len().saturating_sub(MOST_ORDERS);
        secrets.drain(..surplus);
        session.insert(ORDERS, secrets).await?;
    }
    Ok(())
}

/// Whether a visitor may see an order: its buyer, or somebody with its secret in the session or in
/// the link's `key`.
pub async fn may_see_order(
    session: &Session,
    order: &Order,
    account: Option<&Account>,
    key: Option<&str>,
) -> Result<bool, PageError> {
    let is_buyer = account.is_some_and(|account| order.buyer.as_ref() == Some(&account.id));
    let has_key = key.is_some_and(|key| bool::from(key.as_bytes().ct_eq(order.secret.as_bytes())));
    if is_buyer || has_key {
        return Ok(true);
    }
    let secrets: Vec<String> = session.get(ORDERS).await?.unwrap_or_default();
    Ok(secrets.contains(&order.secret))
}

/// The hidden field `form_key` of a form that must not be done twice. A form that comes without one
/// gets a fresh one: it then is simply not protected from a second submit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(from = "String")]
pub struct FormKey(String);

impl FormKey {
    /// A new one, for a form that is being rendered.
    pub fn fresh() -> FormKey {
        FormKey(ids::secret())
    }

    /// As it stands in the field and in the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for FormKey {
    fn default() -> FormKey {
        FormKey::fresh()
    }
}

impl From<String> for FormKey {
    fn from(text: String) -> FormKey {
        let is_key = text.len() == 26 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_key { FormKey(text) } else { FormKey::fresh() }
    }
}

impl std::fmt::Display for FormKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A form of text fields. Refuses broken UTF-8 (400), NUL, which no database text holds (422), and
/// bodies over 64 KiB (413). Fields that are missing are the type's business: `#[serde(default)]`.
#[derive(Clone, Debug)]
pub struct TextForm<T>(pub T);

impl<S, T> FromRequest<S> for TextForm<T>
where
    S: Send + Sync,
    T: serde::de::DeserializeOwned,
{
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<TextForm<T>, PageError> {
        let (mut parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, super::limits::FORM_LIMIT).await.map_err(|_| PageError::TooLarge)?;
        let text = percent_encoding::percent_decode(&body)
            .decode_utf8()
            .map_err(|_| PageError::BadRequest("The form is not text."))?;
        if text.contains('\0') {
            return Err(PageError::Unprocessable("Something in the form is not text.".to_owned()));
        }
        if body.is_empty() {
            // a form without fields has no type of its own
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        let request = Request::from_parts(parts, axum::body::Body::from(body.clone()));
        let form = axum::Form::<T>::from_request(request, state).await;
        form.map(|axum::Form(form)| TextForm(form))
            .map_err(|refusal| PageError::Unprocessable(format!("The form is not complete: {refusal}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn a_basket_comes_back_from_its_cookie_and_a_damaged_one_is_none() {
        let paths = Paths::new("https://example.com/shop").unwrap();
        let cart = Cart { id: ids::secret(), count: 3 };
        let AppendHeaders([(_, line)]) = cart.remember(&paths);
        assert!(line.contains("Path=/shop; ") && line.ends_with("HttpOnly; SameSite=Lax; Secure"), "{line}");
        let value = line.split(';').next().unwrap();
        assert_eq!(CartCookie::of(&headers(&format!("a=b; {value}"))), CartCookie(Some(cart)));
        for bad in ["pushcart_cart=x.3", "pushcart_cart=", "pushcart_cart=../../etc.1", "other=1"] {
            assert_eq!(CartCookie::of(&headers(bad)), CartCookie(None), "{bad}");
        }
    }

    #[test]
    fn a_form_key_that_is_none_is_replaced() {
        let key = FormKey::fresh();
        assert_eq!(FormKey::from(key.as_str().to_owned()), key);
        assert_ne!(FormKey::from("'; drop".to_owned()).as_str(), "'; drop");
    }
}
