//! Visits to the co-branded pages, and the remembered caller references of the API.

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One visit: what the shop asked for, how far the person got, and how it ended.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Session {
    /// Unguessable; carried in a hidden field of every form.
    pub id: String,
    /// The developer whose key the request carried.
    pub caller_id: String,
    /// The request's reference.
    pub caller_reference: String,
    /// The request without its signature, to tell a repeated one from another.
    pub fingerprint: String,
    /// The request's parameters as JSON pairs.
    pub parameters: String,
    /// Who signed in; empty before.
    pub account_id: String,
    /// `CC`, `ACH` or `ABT`; empty before the choice.
    pub method: String,
    /// The shipping address the buyer gave here, as JSON pairs; empty when not asked for.
    pub address: String,
    /// The status that was returned: `SC`, `A`, …; empty while the visit goes on.
    pub outcome: String,
    /// Where the browser was sent in the end.
    pub redirect: String,
    /// When it began.
    pub started_at: i64,
    /// 1 when it began in a phone's browser, which gets the narrow pages.
    pub mobile: i64,
}

/// A caller reference of the API that was used before.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Remembered {
    /// Action and business parameters of the first request.
    pub fingerprint: String,
    /// Empty for a good answer, else the error code.
    pub answer_code: String,
    /// The inside of the result element, or the error's message.
    pub answer: String,
    /// When it was first used.
    pub at: i64,
}

impl Tx {
    /// Begins a visit.
    pub async fn add_session(&mut self, session: &Session) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_sessions (id, caller_id, caller_reference, fingerprint, parameters, account_id, method,
                                       address, outcome, redirect, started_at, mobile)
             VALUES ($1, $2, $3, $4, $5, '', '', '', '', '', $6, $7)",
        )
        .bind(&session.id)
        .bind(&session.caller_id)
        .bind(&session.caller_reference)
        .bind(&session.fingerprint)
        .bind(&session.parameters)
        .bind(session.started_at)
        .bind(session.mobile)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// The visit with this id.
    pub async fn session(&mut self, id: &str) -> Result<Option<Session>, StateError> {
        sqlx::query_as("SELECT * FROM fps_sessions WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// The visit that ended with `outcome` for this caller and reference, if there is one; the latest first.
    pub async fn ended_session(&mut self, caller: &str, reference: &str) -> Result<Option<Session>, StateError> {
        sqlx::query_as(
            "SELECT * FROM fps_sessions WHERE caller_id = $1 AND caller_reference = $2 AND outcome <> ''
              ORDER BY CASE WHEN outcome LIKE 'S_' AND outcome <> 'SE' THEN 0 ELSE 1 END, started_at DESC LIMIT 1",
        )
        .bind(caller)
        .bind(reference)
        .fetch_optional(self.on())
        .await
    }

    /// Keeps how far the visit has come; an ended visit does not change any more.
    pub async fn keep_session(&mut self, session: &Session) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE fps_sessions SET account_id = $1, method = $2, address = $3, outcome = $4, redirect = $5
              WHERE id = $6 AND outcome = ''",
        )
        .bind(&session.account_id)
        .bind(&session.method)
        .bind(&session.address)
        .bind(&session.outcome)
        .bind(&session.redirect)
        .bind(&session.id)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Takes a caller reference for a request. `None` when it is now ours; otherwise what the first request was.
    pub async fn take_reference(
        &mut self,
        caller: &str,
        reference: &str,
        fingerprint: &str,
        now: Millis,
        forget_before: Millis,
    ) -> Result<Option<Remembered>, StateError> {
        sqlx::query("DELETE FROM fps_requests WHERE caller_id = $1 AND caller_reference = $2 AND at <= $3")
            .bind(caller)
            .bind(reference)
            .bind(forget_before.0)
            .execute(self.on())
            .await?;
        let done = sqlx::query(
            "INSERT INTO fps_requests (caller_id, caller_reference, fingerprint, answer_code, answer, at)
             VALUES ($1, $2, $3, 'open', '', $4) ON CONFLICT DO NOTHING",
        )
        .bind(caller)
        .bind(reference)
        .bind(fingerprint)
        .bind(now.0)
        .execute(self.on())
        .await?;
        if done.rows_affected() == 1 {
            return Ok(None);
        }
        sqlx::query_as("SELECT fingerprint, answer_code, answer, at FROM fps_requests WHERE caller_id = $1 AND caller_reference = $2")
            .bind(caller)
            .bind(reference)
            .fetch_optional(self.on())
            .await
    }

    /// Keeps the answer that repeated requests will get.
    pub async fn remember_answer(
        &mut self,
        caller: &str,
        reference: &str,
        code: &str,
        answer: &str,
    ) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE fps_requests SET answer_code = $1, answer = $2 WHERE caller_id = $3 AND caller_reference = $4",
        )
        .bind(code)
        .bind(answer)
        .bind(caller)
        .bind(reference)
        .execute(self.on())
        .await?;
        Ok(())
    }
}
