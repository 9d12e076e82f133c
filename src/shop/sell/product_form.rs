//! The form of a product: read as it streams in, checked field by field, kept when it is refused.

use axum::extract::Multipart;
use axum::extract::multipart::Field;
use axum::http::StatusCode;

use super::pictures::{self, Unusable};
use crate::base::money::{Currency, Money};
use crate::flows::save_product::Wanted;
use crate::market::catalog::{Category, Product};
use crate::market::prices::local;
use crate::market::subscription::Period;
use crate::shop::desk::typed_amount;
use crate::shop::error::PageError;
use crate::shop::extract::FormKey;
use crate::shop::page::Problems;

/// The largest body that is read to its end, so that a browser with too large a picture still
/// hears why; of the picture, nothing above its own limit is kept.
pub const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The most bytes of a text field.
const TEXT_LIMIT: usize = 32 * 1024;

/// The most that one thing costs here, in cents or what that is elsewhere.
const MOST_COSTLY: i64 = 10_000_000;

/// The most of one thing on the shelf.
const FULLEST_SHELF: i64 = 1_000_000;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct ProductForm {
    /// What it is.
    pub title: String,
    /// Paragraphs.
    pub description: String,
    /// The category's slug.
    pub category: String,
    /// The price of one.
    pub price: String,
    /// How many are on the shelf.
    pub stock: String,
    /// How many were there when the form was shown.
    pub stock_seen: String,
    /// `week`, `month`, `year`, or empty for what is bought once.
    pub period: String,
    /// The text that a digital good delivers; empty for what is sent in a parcel.
    pub delivers: String,
    /// Whether it is a gift to the seller.
    pub is_donation: bool,
    /// Whether it is done for the buyer.
    pub is_service: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// Makes a second submit harmless.
    pub form_key: FormKey,
    /// The chosen file; empty when none was.
    upload: Vec<u8>,
    is_too_large: bool,
}

impl ProductForm {
    /// The form for a new product.
    pub fn blank() -> ProductForm {
        ProductForm { stock: "1".to_owned(), is_active: true, ..ProductForm::default() }
    }

    /// The form for a product that is listed already.
    pub fn of(product: &Product, available: i64) -> ProductForm {
        ProductForm {
            title: product.title.clone(),
            description: product.description.clone(),
            category: product.category.clone(),
            price: product.price.decimal(),
            stock: available.to_string(),
            stock_seen: available.to_string(),
            period: product.period.map_or_else(String::new, |period| period.word().to_owned()),
            delivers: product.delivers.clone().unwrap_or_default(),
            is_donation: product.is_donation,
            is_service: product.is_service,
            is_active: product.is_active,
            ..ProductForm::default()
        }
    }

    /// Reads what was sent. Too large a picture is noted, not refused: the rest of the form is kept.
    pub async fn read(mut sent: Multipart) -> Result<ProductForm, PageError> {
        let mut form = ProductForm::default();
        loop {
            let field = match sent.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => return Ok(form),
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    form.is_too_large = true;
                    return Ok(form);
                }
                Err(_) => return Err(PageError::BadRequest("The form did not arrive whole.")),
            };
            let name = field.name().unwrap_or_default().to_owned();
            if name == "picture" {
                form.take_picture(field).await?;
            } else {
                form.take_text(&name, field).await?;
            }
        }
    }

    async fn take_picture(&mut self, mut field: Field<'_>) -> Result<(), PageError> {
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) if self.upload.len() + chunk.len() <= pictures::LARGEST => {
                    self.upload.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => self.is_too_large = true,
                Ok(None) => return Ok(()),
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    self.is_too_large = true;
                    return Ok(());
                }
                Err(_) => return Err(PageError::BadRequest("The picture did not arrive whole.")),
            }
        }
    }

    async fn take_text(&mut self, name: &str, mut field: Field<'_>) -> Result<(), PageError> {
        let mut bytes = Vec::new();
        while let Some(chunk) =
            field.chunk().await.map_err(|_| PageError::BadRequest("The form did not arrive whole."))?
        {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > TEXT_LIMIT {
                return Err(PageError::TooLarge);
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| PageError::BadRequest("The form is not text."))?;
        if text.contains('\0') {
            return Err(PageError::Unprocessable("Something in the form is not text.".to_owned()));
        }
        match name {
            "title" => self.title = text,
            "description" => self.description = text,
            "category" => self.category = text,
            "price" => self.price = text,
            "stock" => self.stock = text,
            "stock_seen" => self.stock_seen = text,
            "period" => self.period = text,
            "delivers" => self.delivers = text,
            "is_donation" => self.is_donation = true,
            "is_service" => self.is_service = true,
            "is_active" => self.is_active = true,
            "form_key" => self.form_key = FormKey::from(text),
            _ => {}
        }
        Ok(())
    }

    /// 413 for too large a picture, else 422.
    pub fn refused_as(&self) -> StatusCode {
        if self.is_too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// What is wanted, or everything that is wrong with it.
    pub async fn check(&mut self, categories: &[Category], currency: Currency) -> Result<Wanted, Problems> {
        let mut problems = Problems::default();
        check_text(&mut problems, "title", &self.title, 120, "Please give it a name.");
        check_text(&mut problems, "description", &self.description, 8000, "Please describe it in a few words.");
        if !categories.iter().any(|category| category.slug == self.category) {
            problems.add("category", "Please choose a section of the market.");
        }
        if !self.period.is_empty() && Period::from_word(&self.period).is_none() {
            problems.add("period", "Please choose how often it comes.");
        }
        let delivers = self.delivers.trim();
        if delivers.chars().count() > 8000 {
            problems.add("delivers", "Please keep this under 8000 characters.");
        }
        if self.is_donation && delivers.is_empty() {
            problems.add("delivers", "Please write a word of thanks: it is what the giver reads.");
        }
        if !delivers.is_empty() && !self.period.is_empty() && !self.is_donation {
            problems.add("delivers", "A subscription is sent in a parcel. Please sell this text as a single purchase.");
        }
        if self.is_service && !delivers.is_empty() {
            problems
                .add("delivers", "A service is done by you, so nothing is delivered at once. Please leave this empty.");
        }
        let price = check_price(&self.price, currency);
        let stock = check_stock(&self.stock);
        let picture = self.check_picture().await;
        problems.0.extend([price.as_ref().err(), stock.as_ref().err()].into_iter().flatten().flat_map(|p| p.0.clone()));
        if let Err(unusable) = &picture {
            problems.add("picture", unusable.to_string());
        }
        let (Ok(price), Ok(stock), Ok(picture), true) = (price, stock, picture, problems.is_empty()) else {
            return Err(problems);
        };
        Ok(Wanted {
            title: self.title.trim().to_owned(),
            description: self.description.trim().to_owned(),
            category: self.category.clone(),
            price,
            period: Period::from_word(&self.period),
            delivers: Some(self.delivers.trim().to_owned()).filter(|text| !text.is_empty()),
            is_donation: self.is_donation,
            is_service: self.is_service,
            stock,
            stock_seen: self.stock_seen.trim().parse().unwrap_or(stock),
            is_active: self.is_active,
            picture,
        })
    }

    async fn check_picture(&mut self) -> Result<Option<crate::store::catalog::pictures::Picture>, Unusable> {
        if self.is_too_large {
            return Err(Unusable::TooLarge);
        }
        if self.upload.is_empty() {
            return Ok(None);
        }
        pictures::make_small(std::mem::take(&mut self.upload)).await.map(Some)
    }
}

fn check_text(problems: &mut Problems, field: &str, value: &str, longest: usize, missing: &str) {
    if value.trim().is_empty() {
        problems.add(field, missing);
    } else if value.chars().count() > longest {
        problems.add(field, format!("Please keep this under {longest} characters."));
    }
}

fn one(field: &str, message: String) -> Problems {
    let mut problems = Problems::default();
    problems.add(field, message);
    problems
}

fn check_price(text: &str, currency: Currency) -> Result<Money, Problems> {
    let most = local(MOST_COSTLY, currency);
    let price = typed_amount(text, currency).map_err(|message| one("price", message))?;
    if !price.is_positive() {
        return Err(one("price", "Please write a price above zero.".to_owned()));
    }
    if price.minor > most.minor {
        return Err(one("price", format!("Nothing here may cost more than {most}.")));
    }
    Ok(price)
}

fn check_stock(text: &str) -> Result<i64, Problems> {
    let stock = text.trim().parse().ok().filter(|stock| (0..=FULLEST_SHELF).contains(stock));
    stock.ok_or_else(|| {
        one("stock", "Please write how many there are, as a whole number from 0 to 1,000,000.".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_above_zero_with_two_decimals_and_not_absurd() {
        let words = |text| check_price(text, Currency::USD).unwrap_err().0[0].message.clone();
        assert_eq!(check_price("12.5", Currency::USD), Ok(Money::usd(1250)));
        assert!(words("9.999").contains("2 decimals"));
        assert!(words("-3").contains("above zero"));
        assert!(words("0").contains("above zero"));
        assert!(words("100000.01").contains("$100,000.00"));
        assert!(words("").contains("as a number") && words("12,50").contains("as a number"));
    }

    #[test]
    fn prices_in_yen_are_whole() {
        let yen = Currency::from_code("JPY").unwrap();
        let words = |text| check_price(text, yen).unwrap_err().0[0].message.clone();
        assert_eq!(check_price("1,250", yen), Ok(Money::new(1250, yen)));
        assert!(words("12.50").contains("JPY has no decimals"));
        assert!(words("10000001").contains("¥10,000,000"));
    }

    #[test]
    fn a_shelf_is_a_whole_number() {
        assert_eq!(check_stock(" 7 "), Ok(7));
        for bad in ["-1", "1.5", "", "9999999999999999999999", "a dozen"] {
            assert!(check_stock(bad).is_err(), "{bad}");
        }
    }
}
