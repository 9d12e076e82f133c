//! To the operator: a night on which our books and a provider's list differ.

use super::{Desk, Letter};
use crate::store::letters::Draft;
use crate::store::reconcile::Run;
use crate::store::reconcile::differences::Kept;

/// How many differences a letter names.
const NAMED: usize = 10;

impl Desk<'_> {
    /// What the nightly run found. `title` is the payment service's name.
    pub fn books_differ(&self, to: &str, run: &Run, title: &str, seen: &[&Kept]) -> Draft {
        let count = match run.found {
            1 => "One difference".to_owned(),
            more => format!("{more} differences"),
        };
        let mut paragraphs = vec![format!(
            "Our books were held against the list of {title} from {} to {}: {} of its transactions, {} in all that differ.",
            run.from.day(),
            run.until.day(),
            run.compared,
            run.found
        )];
        paragraphs.extend(seen.iter().take(NAMED).map(|kept| {
            let difference = &kept.difference;
            format!(
                "{}: {}, since {}. {}",
                difference.what.title(),
                difference.object,
                kept.first_seen.day(),
                difference.what.means()
            )
        }));
        if seen.len() > NAMED {
            paragraphs.push(format!("And {} more.", seen.len() - NAMED));
        }
        Letter {
            key: format!("reconciliation:{}", run.id),
            to,
            headline: format!("{count} between our books and {title}"),
            paragraphs,
            goods: Vec::new(),
            link: self.paths.absolute(self.paths.admin_reconciliation()),
            link_label: "What to do about it",
        }
        .draft(self.shop_name)
    }
}
