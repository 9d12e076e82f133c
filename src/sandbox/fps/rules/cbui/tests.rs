use super::*;

fn request(pairs: &[(&str, &str)]) -> Request {
    Request::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

const SINGLE: [(&str, &str); 6] = [
    ("callerKey", "AKIAIOSFODNN7EXAMPLE"),
    ("pipelineName", "SingleUse"),
    ("returnURL", "http://localhost:3000/return/fps?a=1"),
    ("version", "2009-01-09"),
    ("callerReference", "c-1"),
    ("transactionAmount", "19.99"),
];

const RECIPIENT_GOOD: [(&str, &str); 6] = [
    ("callerKey", "AKIAIOSFODNN7EXAMPLE"),
    ("pipelineName", "Recipient"),
    ("returnURL", "http://localhost:3000/sell/return"),
    ("version", "2009-01-09"),
    ("callerReference", "r-1"),
    ("recipientPaysFee", "True"),
];

fn with<'a>(good: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Request {
    let mut pairs: Vec<_> = good.iter().copied().filter(|pair| pair.0 != name).collect();
    pairs.push((name, value));
    request(&pairs)
}

fn message(request: &Request) -> String {
    request.check(&Clock::new()).map_or_else(|exception| exception.message(), |_| "fine".to_owned())
}

fn rows_of(pipeline: &str) -> Vec<&'static Row> {
    let own = Pipeline::ALL.into_iter().find(|own| format!("{own:?}") == pipeline);
    COMMON.iter().chain(own.map_or(&[] as &[&[Row]], Pipeline::rows).iter().copied().flatten()).collect()
}

#[test]
fn the_tables_have_every_row_of_the_guide_and_no_other() {
    let mut walked: Vec<(String, &str)> = Vec::new();
    for line in include_str!("../../../../../tests/data/fps/fps-cbui-params.tsv").lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (pipeline, direction, name, required) = (columns[0], columns[1], columns[2], columns[3]);
        let pipeline = pipeline.split(' ').next().unwrap().to_owned();
        if direction != "request" {
            continue;
        }
        let rows = rows_of(&pipeline);
        let row = rows.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{pipeline}.{name} is missing"));
        // A missing version is taken as the only one there is, as a widespread client never sends it.
        assert_eq!(row.1, required == "yes" && name != "version", "{pipeline}.{name}");
        walked.push((pipeline, name));
    }
    for pipeline in Pipeline::ALL.map(|pipeline| format!("{pipeline:?}")) {
        let is_in_guide =
            |name: &str| walked.iter().any(|(own, row)| (*own == pipeline || own == "(common)") && *row == name);
        // The Basic guide, which describes SingleUse, has `isRecipientCobranding` there too.
        let is_basic = |name: &str| pipeline == "SingleUse" && name == "isRecipientCobranding";
        for row in rows_of(&pipeline).into_iter().filter(|row| !is_basic(row.0)) {
            assert!(is_in_guide(row.0), "{pipeline}.{} is not in the guide", row.0);
        }
    }
}

#[test]
fn good_requests_pass_and_what_is_missing_is_named() {
    for good in [SINGLE, RECIPIENT_GOOD] {
        assert_eq!(message(&request(&good)), "fine");
        for left_out in good {
            let rest: Vec<_> = good.into_iter().filter(|pair| *pair != left_out).collect();
            let answer = message(&request(&rest));
            if left_out.0 == "version" {
                assert_eq!(answer, "fine");
            } else {
                assert!(
                    answer.starts_with(
                        "CE - Caller Input Exception: The following input(s) are either invalid or absent: "
                    ),
                    "{answer}"
                );
                assert!(answer.contains(left_out.0), "{answer}");
            }
        }
    }
}

#[test]
fn each_kind_of_mistake_has_the_words_of_the_guide() {
    assert_eq!(
        message(&with(&SINGLE, "transactionAmount", "ten")),
        "CE - Caller Input Exception: The following input(s) are not well formed: transactionAmount"
    );
    assert_eq!(
        message(&with(&SINGLE, "currencyCode", "EUR")),
        "CE - Caller Input Exception: The following input(s) are either invalid or absent: currencyCode"
    );
    assert_eq!(
        message(&with(&SINGLE, "globalAmountLimit", "100")),
        "CE - Caller Input Exception: The following input(s) are not valid for this pipeline: globalAmountLimit"
    );
}

/// A good request, and the parameter and value that spoil it.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn bad_values_are_refused_one_by_one() {
    let far = (Clock::new().now().0 / 1000 + 3 * 366 * 86_400).to_string();
    let cases: [Case; 14] = [
        (&SINGLE, "transactionAmount", "0.00"),
        (&SINGLE, "transactionAmount", "1.234"),
        (&SINGLE, "returnURL", "javascript:alert(1)"),
        (&SINGLE, "paymentMethod", "CC,PAYPAL"),
        (&SINGLE, "reserve", "yes"),
        (&SINGLE, "version", "2010-08-28"),
        (&SINGLE, "cobrandingStyle", "poster"),
        (&SINGLE, "cobrandingUrl", "http://elsewhere.example/logo.png"),
        (&SINGLE, "isRecipientCobranding", "True"),
        (&SINGLE, "callerReference", &"x".repeat(129)),
        (&RECIPIENT_GOOD, "maxVariableFee", "101"),
        (&RECIPIENT_GOOD, "validityStart", "1355097600"),
        (&RECIPIENT_GOOD, "validityStart", &far),
        (&RECIPIENT_GOOD, "transactionAmount", "5"),
    ];
    for (good, name, value) in cases {
        assert_ne!(message(&with(good, name, value)), "fine", "{name}={value}");
    }
    assert_eq!(
        message(&with(&SINGLE, "signature", "abc=")),
        "CE - Caller Input Exception: The following input(s) are either invalid or absent: signatureVersion, signatureMethod"
    );
}

#[test]
fn names_match_in_any_case_and_the_exact_one_wins() {
    let mixed = with(&SINGLE, "CallerReference", "from-a-library");
    assert_eq!(mixed.get("callerReference"), Some("c-1"));
    assert_eq!(message(&mixed), "fine");
    let shouting = request(&[("CALLERREFERENCE", "loud")]);
    assert_eq!(shouting.get("callerReference"), Some("loud"));
}

#[test]
fn the_default_method_is_the_balance() {
    assert_eq!(request(&SINGLE).methods(), ["ABT"]);
    assert_eq!(with(&SINGLE, "paymentMethod", "ABT,CC").methods(), ["CC", "ABT"]);
}
