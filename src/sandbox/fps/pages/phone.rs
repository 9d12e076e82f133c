//! Which pages a browser gets: by what it calls itself, as the guide says, and by nothing else.

use axum::http::{HeaderMap, header};

/// Whether the browser is a phone's. Tablets get the pages of the desk.
pub fn is_phone(headers: &HeaderMap) -> bool {
    let name = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    says(&["iPhone", "iPod", "Mobi", "Windows Phone", "IEMobile", "Opera Mini", "BlackBerry"])
        && !says(&["iPad", "Tablet", "PlayBook", "Kindle"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_known_by_their_name() {
        for (name, is) in [
            (
                "Mozilla/5.0 (iPhone; U; CPU iPhone OS 2_1 like Mac OS X; en-us) AppleWebKit/525.18.1 (KHTML, like Gecko) Version/3.1.1.1 Mobile/5F136 Safari/525.20",
                true,
            ),
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", true),
            ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", false),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::USER_AGENT, name.parse().unwrap())]);
            assert_eq!(is_phone(&headers), is, "{name}");
        }
        assert!(!is_phone(&HeaderMap::new()));
    }
}
