//! A visitor without scripts: keeps cookies as a browser does, fills in forms as they were served.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

/// One person with one browser.
pub struct Visitor {
    http: reqwest::Client,
    /// By host, not by port: that is how browsers do it.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// The page in front of them.
    pub page: Page,
    /// What the browser asked for last: method, address, body. A reload asks for it again.
    asked: (String, String, Option<String>),
}

/// A page as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Where it is.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its source.
    pub html: String,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// A form as it was served, ready to be filled in.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// GET or POST.
    pub is_post: bool,
    /// What it says, in order.
    pub fields: Vec<(String, String)>,
}

impl Visitor {
    /// Someone new, with no cookie.
    pub fn new() -> Visitor {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Visitor::with(http.build().unwrap())
    }

    /// The same with these connections, which must follow no redirects.
    pub fn with(http: reqwest::Client) -> Visitor {
        let asked = (String::new(), String::new(), None);
        Visitor { http, cookies: BTreeMap::new(), page: Page::default(), asked }
    }

    /// Opens an address and follows redirects, at most twenty.
    pub async fn open(&mut self, address: &str) -> &Page {
        self.go("GET", address, None).await
    }

    /// Sends a form and follows redirects.
    pub async fn send(&mut self, form: &Form) -> &Page {
        let body = form.body();
        if form.is_post {
            self.go("POST", &form.action.clone(), Some(body)).await
        } else {
            let address = form.action.split('?').next().unwrap().to_owned();
            self.go("GET", &format!("{address}?{body}"), None).await
        }
    }

    /// Sends the form whose action contains `action`, with `answers` filled in.
    pub async fn submit(&mut self, action: &str, answers: &[(&str, &str)]) -> &Page {
        let form = self.page.form(action).fill(answers);
        self.send(&form).await
    }

    /// Sends one request without following where it leads.
    pub async fn once(&mut self, method: &str, address: &str, body: Option<String>) -> Page {
        self.try_once(method, address, body).await.unwrap_or_else(|e| panic!("{method} {address}: {e:?}"))
    }

    /// The same, where the server may be gone.
    pub async fn try_once(
        &mut self,
        method: &str,
        address: &str,
        body: Option<String>,
    ) -> Result<Page, reqwest::Error> {
        let url = url::Url::parse(address).unwrap();
        let host = url.host_str().unwrap().to_owned();
        let mut request = self.http.request(method.parse().unwrap(), url.clone());
        if let Some(cookies) = self.cookies.get(&host).filter(|cookies| !cookies.is_empty()) {
            let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", line.join("; "));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let response = request.send().await?;
        let jar = self.cookies.entry(host).or_default();
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() || rest.to_lowercase().contains("max-age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let status = response.status().as_u16();
        let html = String::from_utf8_lossy(&response.bytes().await?).into_owned();
        Ok(Page { url: url.to_string(), status, html, headers })
    }

    async fn go(&mut self, method: &str, address: &str, body: Option<String>) -> &Page {
        self.try_go(method, address, body).await.unwrap_or_else(|e| panic!("{method} {address}: {e:?}"))
    }

    /// Sends a request and follows redirects, where the server may be gone.
    pub async fn try_go(&mut self, method: &str, address: &str, body: Option<String>) -> Result<&Page, reqwest::Error> {
        self.asked = (method.to_owned(), address.to_owned(), body.clone());
        let mut page = self.try_once(method, address, body).await?;
        for _ in 0..20 {
            let Some(location) = page.headers.get("location").filter(|_| (300..400).contains(&page.status)) else {
                break;
            };
            let next = url::Url::parse(&page.url).unwrap().join(location).unwrap();
            self.asked = ("GET".to_owned(), next.to_string(), None);
            page = self.try_once("GET", next.as_str(), None).await?;
        }
        self.page = page;
        Ok(&self.page)
    }

    /// What the browser's button does: the last request once more, also where it led to no page.
    pub async fn try_reload(&mut self) -> Result<&Page, reqwest::Error> {
        let (method, address, body) = self.asked.clone();
        self.try_go(&method, &address, body).await
    }

    /// Sends a form, where the server may be gone.
    pub async fn try_send(&mut self, form: &Form) -> Result<&Page, reqwest::Error> {
        self.try_go("POST", &form.action.clone(), Some(form.body())).await
    }
}

impl Page {
    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        let html = Html::parse_document(&self.html);
        let all = Selector::parse("form").unwrap();
        html.select(&all).map(|form| self.read_form(form)).collect()
    }

    /// The one form whose action contains `action`; where several do, the first.
    pub fn form(&self, action: &str) -> Form {
        let forms = self.forms();
        let found = forms.iter().find(|form| form.action.contains(action)).cloned();
        found.unwrap_or_else(|| {
            let actions: Vec<&String> = forms.iter().map(|form| &form.action).collect();
            panic!("no form {action:?} on {} ({}), only {actions:?}\n{}", self.url, self.status, self.text())
        })
    }

    fn read_form(&self, form: ElementRef<'_>) -> Form {
        let base = url::Url::parse(&self.url).unwrap();
        let action = base.join(form.value().attr("action").unwrap_or("")).unwrap().to_string();
        let is_post = form.value().attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let mut fields = Vec::new();
        for field in form.select(&Selector::parse("input, select, textarea").unwrap()) {
            let Some(name) = field.value().attr("name") else { continue };
            let kind = field.value().attr("type").unwrap_or("text");
            let value = match field.value().name() {
                "textarea" => field.text().collect::<String>().trim_start_matches('\n').to_owned(),
                "select" => selected(field),
                _ if matches!(kind, "submit" | "button" | "file" | "image") => continue,
                _ if matches!(kind, "checkbox" | "radio") && field.value().attr("checked").is_none() => continue,
                _ => field.value().attr("value").unwrap_or(if kind == "checkbox" { "on" } else { "" }).to_owned(),
            };
            fields.push((name.to_owned(), value));
        }
        Form { action, is_post, fields }
    }

    /// The page as words, for messages of failed tests and for looking for a sentence.
    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.html);
        let body = Selector::parse("body").unwrap();
        let words: Vec<&str> = html.select(&body).flat_map(|body| body.text()).collect();
        words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The addresses of all links.
    pub fn links(&self) -> Vec<String> {
        let html = Html::parse_document(&self.html);
        let base = url::Url::parse(&self.url).unwrap();
        let all = Selector::parse("a[href]").unwrap();
        let links = html.select(&all).filter_map(|link| base.join(link.value().attr("href")?).ok());
        links.map(|link| link.to_string()).collect()
    }

    /// Fails unless the page says `words` and has this status.
    #[track_caller]
    pub fn says(&self, status: u16, words: &str) {
        let text = self.text();
        assert!(
            self.status == status && text.contains(words),
            "wanted {status} {words:?}, {} says {}: {text}",
            self.url,
            self.status
        );
    }
}

fn selected(select: ElementRef<'_>) -> String {
    let options: Vec<ElementRef<'_>> = select.select(&Selector::parse("option").unwrap()).collect();
    let chosen = options.iter().find(|option| option.value().attr("selected").is_some()).or(options.first());
    chosen.map_or_else(String::new, |option| match option.value().attr("value") {
        Some(value) => value.to_owned(),
        None => option.text().collect(),
    })
}

impl Form {
    /// The fields as they are sent.
    pub fn body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }

    /// The form with `answers` in place of what stood there; unknown names are added.
    pub fn fill(mut self, answers: &[(&str, &str)]) -> Form {
        for (name, value) in answers {
            match self.fields.iter_mut().find(|(field, _)| field == name) {
                Some((_, old)) => (*value).clone_into(old),
                None => self.fields.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        self
    }

    /// What a field says.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
