//! Every program of `examples/fps` once, as somebody at the sandbox would run them.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::time::Duration;

use crate::process::{Folder, Running};
use crate::{built, free_port};

/// The marketplace at a sandbox of its own, with the programs at hand.
struct Bench {
    folder: Folder,
    program: PathBuf,
    ran: BTreeSet<String>,
    _sandbox: Running,
}

impl Bench {
    async fn open() -> Bench {
        let (port, sandbox) = (free_port(), free_port());
        let (listen, sandbox_listen) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{sandbox}"));
        let folder = Folder::new()
            .with("PUSHCART_LISTEN", &listen)
            .with("PUSHCART_BASE_URL", &format!("http://{listen}"))
            .with("PUSHCART_SANDBOX_LISTEN", &sandbox_listen);
        let running = folder.start(&["sandbox"], &format!("http://{sandbox_listen}")).await;
        Bench { folder, program: built("fps"), ran: BTreeSet::new(), _sandbox: running }
    }

    /// What an action prints, if it goes well.
    fn act(&mut self, words: &[&str]) -> Said {
        self.ran.insert(words[0].to_owned());
        let said = self.folder.run_program(&self.program, words).succeeds();
        assert!(said.starts_with("sent ") && said.contains("\nanswered"), "{words:?}: {said}");
        Said(said).without_secrets()
    }

    /// What an action prints, if it does not.
    fn fail(&self, words: &[&str]) -> String {
        self.folder.run_program(&self.program, words).fails()
    }

    fn begin(&mut self, words: &[&str]) -> (Running, impl Iterator<Item = String> + use<>) {
        self.ran.insert(words[0].to_owned());
        let mut running = self.folder.start_program(&self.program, words);
        let lines = BufReader::new(running.stdout()).lines().map(Result::unwrap);
        (running, lines)
    }

    /// What a pipeline prints when `persona` has walked it, and the address that they came back to.
    async fn walk(&mut self, words: &[&str], persona: &str, method: Option<&str>) -> (Said, String) {
        let (running, mut lines) = self.begin(words);
        let address = lines.find_map(|line| line.strip_prefix("open ").map(str::to_owned));
        let back = walk(&address.expect("an address to open"), persona, method).await;
        let rest: Vec<String> = lines.collect();
        assert!(running.ended().success(), "{words:?}: {rest:?}");
        (Said(rest.join("\n")).without_secrets(), back)
    }

    /// Asks for the transaction until its state is `state`.
    async fn until(&mut self, transaction: &str, state: &str) {
        for _ in 0..100 {
            if self.act(&["get-transaction-status", transaction]).0.contains(&format!("answered {state}\n")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{transaction} never becomes {state}");
    }
}

/// What a program printed.
struct Said(String);

impl Said {
    /// What was answered as `name`.
    fn value(&self, name: &str) -> String {
        let mut answered = self.0.lines().skip_while(|line| !line.starts_with("answered"));
        let line = answered.find_map(|line| line.trim().strip_prefix(&format!("{name} = ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.0)).to_owned()
    }

    fn says(&self, words: &str) {
        assert!(self.0.contains(words), "{words} is missing from {}", self.0);
    }

    /// Neither the secret key nor the signature of a call is ever printed.
    fn without_secrets(self) -> Said {
        for secret in ["EXAMPLEKEY", "  Signature", "AWSAccessKeyId"] {
            assert!(!self.0.contains(secret), "{secret} in {}", self.0);
        }
        self
    }
}

/// `persona` signs in, pays by `method` where the pipeline asks, confirms, and goes back where the pages lead.
async fn walk(address: &str, persona: &str, method: Option<&str>) -> String {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = http.get(address).send().await.unwrap().text().await.unwrap();
    let (_, rest) = page.split_once("name=\"session\" value=\"").unwrap_or_else(|| panic!("no visit: {page}"));
    let session = rest.split_once('"').unwrap().0;
    let start = address.split_once("/start?").unwrap().0;
    let post = async |step: &str, more: &[(&str, &str)]| {
        let form = [&[("session", session)], more].concat();
        http.post(format!("{start}/{step}")).form(&form).send().await.unwrap()
    };
    post("sign-in", &[("how", "persona"), ("persona", persona)]).await;
    if let Some(method) = method {
        post("payment", &[("method", method)]).await;
    }
    let answer = post("confirm", &[]).await;
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(http.get(&back).send().await.unwrap().status(), 200);
    back
}

#[tokio::test]
async fn every_fps_example_runs_against_the_sandbox() {
    let mut bench = Bench::open().await;

    // a seller registers
    let (seller, _) = bench.walk(&["recipient-pipeline", "seller"], "acc_wares", None).await;
    seller.says("answered status SR");
    assert_eq!(seller.value("refundTokenID").len(), 64);
    let seller = &seller.value("tokenID");
    bench.act(&["get-recipient-verification-status", seller]).says("answered VerificationComplete");

    // a buyer approves one order; the notification of the hold is the first one of all
    let single = ["single-use-pipeline", seller, "order-1", "19.95"];
    let (approved, _) = bench.walk(&single, "acc_clara", Some("CC")).await;
    approved.says("answered status SC");
    let token = approved.value("tokenID");
    let (listening, mut heard) = bench.begin(&["validate-notification"]);
    assert!(heard.next().unwrap().starts_with("waiting at http://127.0.0.1:"));
    let reserve = ["reserve", &token, seller, "hold-1", "19.95"];
    let held = bench.act(&reserve);
    held.says("  TransactionAmount.Value = 19.95");
    let hold = held.value("TransactionId");
    let heard = heard.collect::<Vec<_>>().join("\n");
    assert!(listening.ended().success(), "{heard}");
    assert!(heard.contains("answered genuine: it claims ") && heard.contains(&hold), "{heard}");
    assert_eq!(bench.act(&reserve).value("TransactionId"), hold, "the same reference is the same hold");
    bench.until(&hold, "Reserved").await;
    bench.act(&["settle", &hold, "19.95"]).says("answered ");
    bench.until(&hold, "Success").await;
    let settled = bench.act(&["get-transaction", &hold]);
    settled.says("answered Success");
    assert_eq!(settled.value("TransactionAmount"), "$19.95");
    let refund = bench.act(&["refund", &hold, "refund-1", "5.00"]).value("TransactionId");
    assert_ne!(refund, hold);
    bench.until(&refund, "Success").await;
    let twice = bench.fail(&["settle", &hold, "19.95"]);
    assert!(twice.contains("FPS says no: "), "{twice}");

    // a buyer approves whatever comes; what is held is let go, and another method is chosen
    let own = bench.act(&["get-token-by-caller", "reference", "marketplace-recipient"]).value("TokenId");
    let both = format!("{own},{seller}");
    let multi = ["multi-use-pipeline", &both, "tab", "50"];
    let (approved, _) = bench.walk(&multi, "acc_omni", Some("CC")).await;
    let old = approved.value("tokenID");
    let held = bench.act(&["reserve", &old, seller, "hold-2", "10.00"]).value("TransactionId");
    bench.until(&held, "Reserved").await;
    bench.act(&["cancel", &held]).says("answered Cancelled");
    let (changed, back) = bench.walk(&["edit-token-pipeline", &old, "tab-2"], "acc_omni", Some("ABT")).await;
    changed.says("answered status SA");
    let tab = changed.value("tokenID");
    assert_ne!(tab, old);
    let paid = bench.act(&["pay", &tab, seller, "pay-1", "12.00"]);
    paid.says("answered Success");
    let usage = bench.act(&["get-token-usage", &tab]);
    usage.says("answered 2 limits");
    assert_eq!(usage.value("Amount"), "$12.00");
    bench.act(&["get-tokens"]).says(&format!("{tab} = MultiUse, tab-2"));
    assert!(bench.act(&["cancel-token", &tab]).value("RequestId").ends_with(":0"));
    bench.act(&["get-token-by-caller", "token", &tab]).says("answered Inactive");

    // a buyer subscribes, and a month is paid once
    let (club, _) = bench.walk(&["recurring-pipeline", seller, "club", "9.99"], "acc_bill", Some("ABT")).await;
    let club = club.value("tokenID");
    bench.act(&["pay", &club, seller, "club-1", "9.99"]).says("answered Success");
    let early = bench.fail(&["pay", &club, seller, "club-2", "9.99"]);
    assert!(early.contains("FPS says no: TokenUsageError"), "{early}");

    // what somebody came back with is believed as it came, and in no other way
    bench.act(&["validate-return", &back]).says("answered genuine: SA means Approved(Balance)");
    let forged = bench.fail(&["validate-return", &back.replace("status=SA", "status=SC")]);
    assert!(forged.contains("not believed"), "{forged}");
    let (endpoint, raw) = back.split_once('?').unwrap();
    bench.act(&["verify-signature", endpoint, raw]).says("answered Success");
    bench.act(&["verify-signature", endpoint, &format!("{raw}&a=b")]).says("answered Failure");

    // and the account remembers it all
    let activity = bench.act(&["get-account-activity", "1"]);
    activity.says(&format!("{refund} = Refund Success, $5.00, refund-1"));
    activity.says(&format!("{} = Pay Success, $12.00, pay-1", paid.value("TransactionId")));
    let balance = bench.act(&["get-account-balance"]);
    assert_ne!(balance.value("TotalBalance"), "$1,000.00", "the marketplace earned its part");

    let all = bench.folder.run_program(&bench.program, &[]).succeeds();
    let all: BTreeSet<String> = all.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(bench.ran, all);
    assert_eq!(all.len(), 22);
}
