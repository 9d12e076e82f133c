//! When subscriptions may be charged again, for whoever moves the clock there.

use crate::base::clock::Millis;
use crate::sandbox::fps::tokens::Rule;
use crate::sandbox::state::{StateError, Tx};

/// A recurring token that stands, with what was charged to it and to those whose place it took.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Standing {
    rule: String,
    starts_at: i64,
    expires_at: i64,
    /// 0 before the first charge.
    first_at: i64,
    last_at: i64,
}

impl Tx {
    /// The next instant after `now` at which some recurring token's next period begins; `None` when none is to come.
    pub async fn next_renewal(&mut self, now: Millis) -> Result<Option<Millis>, StateError> {
        let standing: Vec<Standing> = sqlx::query_as(
            "SELECT t.rule, t.starts_at, t.expires_at,
                    CAST(COALESCE(MIN(x.received_at), 0) AS BIGINT) AS first_at,
                    CAST(COALESCE(MAX(x.received_at), 0) AS BIGINT) AS last_at
               FROM fps_tokens t
               JOIN fps_tokens o ON o.origin_id = t.origin_id
               LEFT JOIN fps_transactions x
                 ON x.sender_token = o.id AND x.kind <> 'Refund' AND x.state NOT IN ('Failure', 'Cancelled')
              WHERE t.status = 'Active' AND t.kind = 'Recurring'
              GROUP BY t.id, t.rule, t.starts_at, t.expires_at",
        )
        .fetch_all(self.on())
        .await?;
        let mut next: Option<Millis> = None;
        for own in &standing {
            let at = own.next(now)?;
            next = next.into_iter().chain(at).min();
        }
        Ok(next)
    }
}

impl Standing {
    fn next(&self, now: Millis) -> Result<Option<Millis>, StateError> {
        let rule = serde_json::from_str(&self.rule).map_err(|error| StateError::Decode(error.into()))?;
        let Rule::Every { period, .. } = rule else { return Ok(None) };
        if !period.is_positive() {
            return Ok(None);
        }
        let (start, first) = (Millis(self.starts_at), Millis(self.first_at));
        let at = match self.last_at {
            0 if start > now => start,
            // It may be charged at any moment; what can be waited for is the period after.
            0 => period.window_end(start, now),
            // Periods are counted from the first charge, so that 31 January is followed by 28 February and 31 March.
            last => period.window_end(first, now.max(Millis(last))),
        };
        Ok((self.expires_at == 0 || at.0 < self.expires_at).then_some(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::days;

    #[test]
    fn the_next_renewal_is_counted_from_the_first_charge_and_ends_with_the_token() {
        let at = |text: &str| Millis(format!("{text}T10:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let mut own = Standing {
            rule: r#"{"every":{"amount_minor":500,"period":"1 Month"}}"#.to_owned(),
            starts_at: at("2015-01-31").0,
            expires_at: 0,
            first_at: at("2015-01-31").0,
            last_at: at("2015-02-28").0,
        };
        assert_eq!(own.next(at("2015-03-01")).unwrap(), Some(at("2015-03-31")));
        assert_eq!(own.next(at("2015-05-01")).unwrap(), Some(at("2015-05-31")), "what was missed is past");
        own.expires_at = at("2015-03-31").0;
        assert_eq!(own.next(at("2015-03-01")).unwrap(), None);
        (own.expires_at, own.first_at, own.last_at) = (0, 0, 0);
        assert_eq!(own.next(at("2015-01-01")).unwrap(), Some(at("2015-01-31")), "it has not begun");
        assert_eq!(own.next(at("2015-01-31").plus(days(1))).unwrap(), Some(at("2015-02-28")));
    }
}
