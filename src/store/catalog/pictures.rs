//! Pictures that sellers uploaded: small, and in the database that all processes share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::base::clock::Millis;
use crate::base::ids::{PictureId, SellerId};
use crate::store::{Result, Store, Write, unreadable};

/// An uploaded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `image/webp`.
    pub content_type: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct PictureRow {
    content_type: String,
    body_base64: String,
}

impl Store {
    /// An uploaded picture.
    pub async fn picture(&self, id: &PictureId) -> Result<Option<Picture>> {
        let row: Option<PictureRow> = sqlx::query_as("SELECT content_type, body_base64 FROM pictures WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.map(|row| {
            let body = STANDARD.decode(&row.body_base64).map_err(|_| unreadable("picture", id.as_str()))?;
            Ok(Picture { content_type: row.content_type, body })
        })
        .transpose()
    }
}

impl Write {
    /// Keeps an uploaded picture.
    pub async fn insert_picture(
        &mut self,
        id: &PictureId,
        seller: &SellerId,
        picture: &Picture,
        now: Millis,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO pictures (id, seller_id, content_type, body_base64, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(seller.as_str())
        .bind(&picture.content_type)
        .bind(STANDARD.encode(&picture.body))
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
