//! What asks for a link, judged before anybody is asked anything. Pure.
//!
//! Sources: RFC 6749, sections 4.1.1 and 4.1.2.1; RFC 7636, section 4.3.

use super::Client;

/// The one scope there is: orders of the account.
pub const SCOPE: &str = "orders";

/// The longest `state` that is sent back, in bytes.
const LONGEST_STATE: usize = 2048;

/// The query of `GET /oauth/authorize`, as it came. Empty where it named nothing.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Query {
    /// `code`.
    pub response_type: String,
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Goes back as it came.
    pub state: String,
    /// What is asked for; separated by spaces.
    pub scope: String,
    /// SHA-256 of what the exchange has to bring, base64url without padding.
    pub code_challenge: String,
    /// `S256`.
    pub code_challenge_method: String,
}

/// A request that a buyer can be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Goes back as it came.
    pub state: String,
    /// What the exchange's verifier has to hash to.
    pub code_challenge: String,
}

/// A request that nobody is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misasked {
    /// From nobody we know, or to an address that is not theirs: never led back there.
    Stranger,
    /// Something else is wrong, which the client is told.
    Told {
        /// The client's address.
        redirect_uri: String,
        /// Goes back as it came.
        state: String,
        /// The word of RFC 6749, section 4.1.2.1.
        error: &'static str,
        /// For whoever builds the client.
        description: &'static str,
    },
}

/// Judges a request.
pub fn understand(client: &Client, query: &Query) -> Result<Asked, Misasked> {
    if query.client_id != client.id || !client.redirect_urls.contains(&query.redirect_uri) {
        return Err(Misasked::Stranger);
    }
    let told = |error, description| Misasked::Told {
        redirect_uri: query.redirect_uri.clone(),
        state: query.state.chars().take(LONGEST_STATE).collect(),
        error,
        description,
    };
    match query.response_type.as_str() {
        "code" => {}
        "" => return Err(told("invalid_request", "response_type is missing")),
        _ => return Err(told("unsupported_response_type", "only response_type=code is answered")),
    }
    if query.state.len() > LONGEST_STATE {
        return Err(told("invalid_request", "state is longer than 2048 bytes"));
    }
    // a client that names no scope gets the one there is (section 3.3)
    if query.scope.split(' ').any(|scope| !matches!(scope, "" | SCOPE)) {
        return Err(told("invalid_scope", "the only scope is orders"));
    }
    if query.code_challenge_method != "S256" {
        return Err(told("invalid_request", "code_challenge_method=S256 is demanded"));
    }
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if query.code_challenge.len() != 43 || !query.code_challenge.bytes().all(is_plain) {
        return Err(told("invalid_request", "code_challenge must be a SHA-256, base64url without padding"));
    }
    Ok(Asked {
        redirect_uri: query.redirect_uri.clone(),
        state: query.state.clone(),
        code_challenge: query.code_challenge.clone(),
    })
}

/// `redirect_uri` with the answer in its query; a query of its own stays.
pub fn answered(redirect_uri: &str, state: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{separator}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::secret::Secret;

    const BACK: &str = "https://layla.amazon.com/api/skill/link/M1";

    fn client() -> Client {
        Client { id: "alexa".into(), secret: Secret::new("secret"), redirect_urls: vec![BACK.into()] }
    }

    fn sound() -> Query {
        Query {
            response_type: "code".into(),
            client_id: "alexa".into(),
            redirect_uri: BACK.into(),
            state: "a b&c".into(),
            scope: SCOPE.into(),
            code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
            code_challenge_method: "S256".into(),
        }
    }

    #[test]
    fn a_request_without_fault_is_asked_about() {
        let asked = understand(&client(), &sound()).unwrap();
        assert_eq!((asked.redirect_uri.as_str(), asked.state.as_str()), (BACK, "a b&c"));
        assert!(understand(&client(), &Query { scope: String::new(), ..sound() }).is_ok());
    }

    #[test]
    fn a_stranger_is_never_led_anywhere() {
        for uri in
            ["", "https://evil.example/", "https://layla.amazon.com/api/skill/link/M1/", "https://layla.amazon.com"]
        {
            let query = Query { redirect_uri: uri.into(), ..sound() };
            assert_eq!(understand(&client(), &query), Err(Misasked::Stranger), "{uri}");
        }
        let query = Query { client_id: "Alexa".into(), response_type: "token".into(), ..sound() };
        assert_eq!(understand(&client(), &query), Err(Misasked::Stranger));
    }

    #[test]
    fn a_client_is_told_what_is_wrong_with_its_request() {
        let cases: [(&str, Query); 8] = [
            ("invalid_request", Query { response_type: String::new(), ..sound() }),
            ("unsupported_response_type", Query { response_type: "token".into(), ..sound() }),
            ("invalid_scope", Query { scope: "orders profile".into(), ..sound() }),
            ("invalid_request", Query { code_challenge: String::new(), ..sound() }),
            ("invalid_request", Query { code_challenge: "x".repeat(42), ..sound() }),
            ("invalid_request", Query { code_challenge: "=".repeat(43), ..sound() }),
            ("invalid_request", Query { code_challenge_method: "plain".into(), ..sound() }),
            ("invalid_request", Query { state: "x".repeat(3000), ..sound() }),
        ];
        for (expected, query) in cases {
            let Err(Misasked::Told { error, redirect_uri, .. }) = understand(&client(), &query) else {
                panic!("{expected}: {query:?}")
            };
            assert_eq!((error, redirect_uri.as_str()), (expected, BACK));
        }
    }

    #[test]
    fn the_answer_keeps_the_address_and_the_state() {
        assert_eq!(answered(BACK, "a b&c", &[("code", "x")]), format!("{BACK}?code=x&state=a+b%26c"));
        assert_eq!(answered("https://a.example/?v=1", "", &[("code", "x")]), "https://a.example/?v=1&code=x");
    }
}
