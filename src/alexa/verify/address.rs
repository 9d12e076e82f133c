//! Which certificate addresses are Amazon's. Decided before anything is fetched.
//!
//! ```text
//! https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem
//! ```
//!
//! Source: Alexa Skills Kit, "Host a Custom Skill as a Web Service".

use url::{Host, Url};

const HOST: &str = "s3.amazonaws.com";
const FOLDER: &str = "/echo.api/";

/// The longest address that is looked at.
const LONGEST: usize = 2000;

/// An address that is Amazon's, normalised: the name under which its chain is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChainAddress {
    normalised: String,
    name: String,
}

impl ChainAddress {
    /// Reads the header `SignatureCertChainUrl`. Dot segments, encoded ones too, are removed before the
    /// path is judged. None for everything that is not Amazon's.
    pub fn read(header: &str) -> Option<ChainAddress> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if header.len() > LONGEST || !header.bytes().all(is_plain) || !is_amazons(authority(header)?) {
            return None;
        }
        let url = Url::parse(header).ok()?;
        let is_ours = url.scheme() == "https" && url.host() == Some(Host::Domain(HOST)) && url.port().is_none();
        let path = url.path();
        let name = path.strip_prefix(FOLDER).filter(|_| is_ours)?;
        let is_file = !name.is_empty() && url.query().is_none() && url.fragment().is_none();
        is_file.then(|| ChainAddress { normalised: format!("https://{HOST}{path}"), name: name.to_owned() })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.normalised
    }

    /// What follows `/echo.api/`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Between `https://` and the path. `url` repairs missing slashes; nobody here does.
fn authority(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    scheme.eq_ignore_ascii_case("https").then_some(authority)
}

/// As it is written: `url` would drop an empty user, decode a host, and read it through two alphabets.
fn is_amazons(authority: &str) -> bool {
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    host.eq_ignore_ascii_case(HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_addresses_are_believed_however_they_are_written() {
        for address in [
            "https://s3.amazonaws.com/echo.api/c.pem",
            "https://s3.amazonaws.com:443/echo.api/c.pem",
            "https://s3.amazonaws.com/echo.api/../echo.api/c.pem",
            "https://s3.amazonaws.com/x/%2e%2E/echo.api/c.pem",
            "HTTPS://S3.AmazonAWS.com/echo.api/./c.pem",
        ] {
            let read = ChainAddress::read(address).unwrap_or_else(|| panic!("{address}"));
            assert_eq!((read.as_str(), read.name()), ("https://s3.amazonaws.com/echo.api/c.pem", "c.pem"), "{address}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        for address in [
            "",
            "c.pem",
            "http://s3.amazonaws.com/echo.api/c.pem",
            "https://notamazon.com/echo.api/c.pem",
            "https://s3.amazonaws.com.evil.example/echo.api/c.pem",
            "https://s3.amazonaws.com./echo.api/c.pem",
            "https://s3.amazonaws.com/EcHo.aPi/c.pem",
            "https://s3.amazonaws.com/invalid.path/c.pem",
            "https://s3.amazonaws.com:563/echo.api/c.pem",
            "https://s3.amazonaws.com/echo.api/../x/c.pem",
            "https://s3.amazonaws.com/echo.api/%2e%2e/x/c.pem",
            "https://s3.amazonaws.com/echo.api/.%2E/x/c.pem",
            "https://s3.amazonaws.com@evil.example/echo.api/c.pem",
            "https://evil@s3.amazonaws.com/echo.api/c.pem",
            "https://@s3.amazonaws.com/echo.api/c.pem",
            "https://:@s3.amazonaws.com/echo.api/c.pem",
            "https://s3.amazonaws.com\\@evil.example/echo.api/c.pem",
            "https://s3.amazonaws.com/echo.api",
            "https://s3.amazonaws.com/echo.api/",
            "https://s3.amazonaws.com/echo.api/c.pem?version=2",
            "https://s3.amazonaws.com/echo.api/c.pem#x",
            " https://s3.amazonaws.com/echo.api/c.pem",
            "https://s3.ama\tzonaws.com/echo.api/c.pem",
            "https:s3.amazonaws.com/echo.api/c.pem",
            "https:/s3.amazonaws.com/echo.api/c.pem",
            "https:///s3.amazonaws.com/echo.api/c.pem",
            "https://s3%2eamazonaws.com/echo.api/c.pem",
            "https://\u{ff53}3.amazonaws.com/echo.api/c.pem",
            "https://s3.amazonaws.com:/echo.api/c.pem",
            "https://s3.amazonaws.com:0443/echo.api/c.pem",
        ] {
            assert_eq!(ChainAddress::read(address), None, "{address}");
        }
        assert_eq!(ChainAddress::read(&format!("https://s3.amazonaws.com/echo.api/{}", "a".repeat(3000))), None);
    }
}
