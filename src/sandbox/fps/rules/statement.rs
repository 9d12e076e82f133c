//! The line on a card statement: `ASI*DIGITALDOWNLOAD`.
//!
//! Static from the account's settings (in a marketplace the recipient's), dynamic from the first 15 characters of
//! `SenderDescription`. Source: "Soft Descriptor Customization"; until June 2010 it began with `AMZ*`.

use crate::sandbox::fps::codes::ApiError;

/// How many characters of a name fit behind the prefix: a line has 19.
const FITS: usize = 15;
const PREFIX: &str = "ASI*";
/// What stands there when nobody said anything.
const NOTHING_SAID: &str = "Amazon Payments";

/// The line of a transaction whose account is called `statement_name` in its settings; empty for no setting.
pub fn of_account(statement_name: &str) -> String {
    if statement_name.is_empty() { NOTHING_SAID.to_owned() } else { line(statement_name) }
}

/// The line that the caller chose for one transaction.
///
/// Errors: `InvalidParams` for anything but letters, digits and spaces, or a space at either end.
pub fn dynamic(sender_description: &str) -> Result<String, ApiError> {
    let name: String = sender_description.chars().take(FITS).collect();
    if is_good(&name) {
        return Ok(line(&name));
    }
    Err(ApiError::params(
        "SenderDescription cannot be used as a soft descriptor: letters, digits and spaces, no space at either end",
    ))
}

/// Whether a name may stand on a statement.
pub fn is_good(name: &str) -> bool {
    name.trim() == name && name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ')
}

fn line(name: &str) -> String {
    let name: String = name.chars().take(FITS).collect();
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_guide_come_out() {
        assert_eq!(of_account("DigitalDownload"), "ASI*DIGITALDOWNLOAD");
        assert_eq!(dynamic("AMAZON FPS GIFT"), Ok("ASI*AMAZON FPS GIFT".to_owned()));
        assert_eq!(of_account(""), "Amazon Payments");
    }

    #[test]
    fn a_line_has_19_plain_characters_at_most() {
        assert_eq!(dynamic("Blue Mug 42 and a good deal more"), Ok("ASI*BLUE MUG 42 AND".to_owned()));
        assert_eq!(of_account("a very long name of a stall").len(), 19);
        for bad in [" Mug", "Mug & Co", "Fourteen chars and", "Käse"] {
            assert!(dynamic(bad).is_err(), "{bad:?}");
        }
    }
}
