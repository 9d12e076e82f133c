//! Hands letters over: to a mail server where one is configured, else they stay in the demo's mailbox.

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};

use crate::store::letters::Letter;

/// How letters leave the house.
#[derive(Clone)]
pub enum Post {
    /// They do not: people read them on the demo's mailbox page.
    Mailbox,
    /// Through a mail server.
    Smtp {
        /// The connection pool.
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// Whom letters are from.
        from: Mailbox,
    },
}

/// Why a letter could not be handed over, or the settings for it are wrong.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// An address is not one.
    #[error("mail address: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// The server, or its address.
    #[error("mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
    /// The letter itself.
    #[error("letter: {0}")]
    Letter(#[from] lettre::error::Error),
}

impl Post {
    /// Uses the server at `smtp_url` (`smtps://user:password@host:465`), writing as `from`.
    pub fn smtp(smtp_url: &str, from: &str) -> Result<Post, PostError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)?.build();
        Ok(Post::Smtp { transport: Box::new(transport), from: from.parse()? })
    }

    /// Hands one letter over.
    pub async fn hand_over(&self, letter: &Letter) -> Result<(), PostError> {
        let Post::Smtp { transport, from } = self else { return Ok(()) };
        let message = Message::builder()
            .from(from.clone())
            .to(letter.recipient.parse()?)
            .subject(&letter.subject)
            .message_id(Some(format!("<{}@pushcart>", letter.id)))
            .multipart(MultiPart::alternative_plain_html(letter.body_text.clone(), letter.body_html.clone()))?;
        transport.send(message).await?;
        Ok(())
    }
}
