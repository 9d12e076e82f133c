//! Where people write to about the market.

use super::{BadSetting, Config, bad};

/// Where nobody is named, which is no address that anybody could have.
const NOBODY: &str = "help@pushcart.example";

impl Config {
    /// Whether people can write to somebody about the market.
    pub fn has_contact(&self) -> bool {
        self.contact != NOBODY
    }
}

/// The address as written, or the one that letters are from.
pub(super) fn checked(written: Option<String>, mail_from: Option<&str>) -> Result<String, BadSetting> {
    match written {
        Some(text) if is_address(&text) => Ok(text),
        Some(text) => bad(format!("PUSHCART_CONTACT is {text:?}, but must be an email address, like help@example.com")),
        None => Ok(mail_from.and_then(bare).unwrap_or(NOBODY).to_owned()),
    }
}

/// `help@example.com` of `Pushcart <help@example.com>`.
fn bare(from: &str) -> Option<&str> {
    let address = from.rsplit('<').next().unwrap_or(from).trim_end_matches('>').trim();
    is_address(address).then_some(address)
}

fn is_address(text: &str) -> bool {
    let is_plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>@?&#%".contains(c));
    text.split_once('@').is_some_and(|(person, house)| is_plain(person) && is_plain(house))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_that_is_written_or_the_one_that_letters_are_from() {
        let from = Some("Pushcart <shop@example.com>");
        assert_eq!(checked(Some("help@example.com".into()), from).unwrap(), "help@example.com");
        assert_eq!(checked(None, from).unwrap(), "shop@example.com");
        assert_eq!(checked(None, Some("shop@example.com")).unwrap(), "shop@example.com");
        assert_eq!(checked(None, None).unwrap(), NOBODY);
        for wrong in ["", "help", "@example.com", "help@", "a b@example.com", "help@example.com?subject=x"] {
            assert!(checked(Some(wrong.into()), from).unwrap_err().0.starts_with("PUSHCART_CONTACT"), "{wrong}");
        }
    }
}
