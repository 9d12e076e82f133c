//! Parameters of the co-branded pages, for all five pipelines.
//!
//! Names are matched in any case and an exact-case name wins over a variant; what is wrong comes back
//! as one of the three caller exceptions, in the guide's own words ("CE (Caller Exception)").

use crate::base::clock::{Clock, Millis};
use crate::base::money::Money;
use crate::sandbox::fps::tokens::{AmountType, Limit, Measure, Period, Rule};
use crate::sandbox::fps::wire::Amount;
use rows::{COMMON, EDIT_TOKEN, Kind, MULTI_USE, RECIPIENT, RECURRING, Row, SINGLE_USE, is_valid, is_well_formed};

mod rows;

/// The three kinds of caller exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The value does not have the form its description asks for.
    NotWellFormed,
    /// Missing, or not one of the values there are.
    InvalidOrAbsent,
    /// Belongs to another pipeline, or to none.
    NotForThisPipeline,
}

/// A caller exception: the kind and the parameters concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerException {
    /// Which of the three.
    pub wrong: Wrong,
    /// The parameters, as the guide spells them.
    pub parameters: Vec<String>,
}

impl CallerException {
    /// One exception about one parameter.
    pub fn invalid(parameter: &str) -> CallerException {
        CallerException { wrong: Wrong::InvalidOrAbsent, parameters: vec![parameter.to_owned()] }
    }

    /// The guide's message, word for word, with the comma-separated list.
    pub fn message(&self) -> String {
        let what = match self.wrong {
            Wrong::NotWellFormed => "not well formed",
            Wrong::InvalidOrAbsent => "either invalid or absent",
            Wrong::NotForThisPipeline => "not valid for this pipeline",
        };
        format!("CE - Caller Input Exception: The following input(s) are {what}: {}", self.parameters.join(", "))
    }
}

/// The five pipelines of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipeline {
    /// One purchase of one amount.
    SingleUse,
    /// Many charges inside limits.
    MultiUse,
    /// A fixed amount at a fixed interval.
    Recurring,
    /// A seller agrees to fees and gets registered.
    Recipient,
    /// The buyer of a multi-use or recurring token chooses another method.
    EditToken,
}

impl Pipeline {
    const ALL: [Pipeline; 5] =
        [Pipeline::SingleUse, Pipeline::MultiUse, Pipeline::Recurring, Pipeline::Recipient, Pipeline::EditToken];

    fn rows(self) -> &'static [&'static [Row]] {
        match self {
            Pipeline::SingleUse => SINGLE_USE,
            Pipeline::MultiUse => MULTI_USE,
            Pipeline::Recurring => RECURRING,
            Pipeline::Recipient => RECIPIENT,
            Pipeline::EditToken => EDIT_TOKEN,
        }
    }
}

/// Checked parameters, read in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pairs: Vec<(String, String)>,
}

impl Request {
    /// Wraps decoded parameters.
    pub fn new(pairs: Vec<(String, String)>) -> Request {
        Request { pairs }
    }

    /// The value of `name`: the exact-case one, else the first in another case; empty counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let exact = self.pairs.iter().find(|(n, _)| n == name);
        let variant = || self.pairs.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        exact.or_else(variant).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of `name`, or empty.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether `name` is `True`, in any case.
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name).eq_ignore_ascii_case("true")
    }

    /// The amount called `name`.
    pub fn amount(&self, name: &str) -> Option<Money> {
        self.get(name).and_then(Amount::parse).map(|amount| amount.money)
    }

    /// The methods asked for, in the guide's order of preference; `ABT` when none is named.
    pub fn methods(&self) -> Vec<&'static str> {
        let asked = self.get("paymentMethod").unwrap_or("ABT");
        ["CC", "ACH", "ABT"].into_iter().filter(|method| asked.split(',').any(|word| word.trim() == *method)).collect()
    }

    /// All parameters as they came, for the signature and for storage.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The parameters that make two requests the same: all but the signature's, sorted.
    pub fn fingerprint(&self) -> String {
        let mut pairs: Vec<String> = self
            .pairs
            .iter()
            .filter(|(name, _)| {
                !["signature", "signatureversion", "signaturemethod"].contains(&name.to_ascii_lowercase().as_str())
            })
            .map(|(name, value)| format!("{}={value}", name.to_ascii_lowercase()))
            .collect();
        pairs.sort();
        pairs.join("\n")
    }

    /// The pipeline, once [`Request::check`] has passed.
    pub fn pipeline(&self) -> Option<Pipeline> {
        let name = self.get("pipelineName")?;
        Pipeline::ALL.into_iter().find(|pipeline| name == format!("{pipeline:?}"))
    }

    /// The recipient tokens named, in their order and each once: of a list, or the one.
    pub fn recipient_tokens(&self) -> Vec<&str> {
        let name = if self.pipeline() == Some(Pipeline::MultiUse) { "recipientTokenList" } else { "recipientToken" };
        let mut named: Vec<&str> = Vec::new();
        for token in self.text(name).split(',').map(str::trim).filter(|token| !token.is_empty()) {
            if !named.contains(&token) {
                named.push(token);
            }
        }
        named
    }

    /// The instant called `name`, sent in Unix seconds.
    pub fn instant(&self, name: &str) -> Option<Millis> {
        self.get(name).and_then(|text| text.parse::<u32>().ok()).map(|seconds| Millis(i64::from(seconds) * 1000))
    }

    /// What a multi-use or recurring token made by this request allows, once [`Request::check`] has passed.
    pub fn rule(&self) -> Option<Rule> {
        let amount = self.amount("transactionAmount").map(|amount| amount.minor);
        match self.pipeline()? {
            Pipeline::SingleUse => amount.map(|amount_minor| Rule::Once { amount_minor }),
            Pipeline::Recurring => {
                let period = self.get("recurringPeriod").and_then(Period::parse)?;
                amount.map(|amount_minor| Rule::Every { amount_minor, period })
            }
            Pipeline::MultiUse => {
                let whole = self.amount("globalAmountLimit")?.minor;
                let mut limits = vec![Limit { measure: Measure::Amount, most: whole, period: None }];
                limits.extend(["1", "2"].iter().filter_map(|number| self.limit(number)));
                let kind = self.get("amountType").and_then(AmountType::from_word).unwrap_or(AmountType::Exact);
                Some(Rule::Within { each: amount.map(|amount| (kind, amount)), limits })
            }
            Pipeline::Recipient | Pipeline::EditToken => None,
        }
    }

    /// `usageLimitType1` with its value and period, or those of `2`.
    fn limit(&self, number: &str) -> Option<Limit> {
        let part = |name: &str| self.get(&format!("usageLimit{name}{number}"));
        let (measure, value) = (part("Type")?, part("Value")?);
        let period = part("Period").and_then(Period::parse);
        match measure {
            "Amount" => {
                Amount::parse(value).map(|own| Limit { measure: Measure::Amount, most: own.money.minor, period })
            }
            _ => value.parse::<u32>().ok().map(|own| Limit { measure: Measure::Count, most: own.into(), period }),
        }
    }

    /// Checks every parameter: ill-formed ones first, then invalid and missing ones, then those of other pipelines.
    pub fn check(&self, clock: &Clock) -> Result<Pipeline, CallerException> {
        let pipeline = self.pipeline();
        let own = pipeline.map_or(&[] as &[&[Row]], Pipeline::rows);
        let rows: Vec<&Row> = COMMON.iter().chain(own.iter().copied().flatten()).collect();
        let given = |row: &&&Row| self.get(row.0).map(|value| (row.0, value, row.2));
        let mut malformed: Vec<String> = rows
            .iter()
            .filter_map(|row| given(&row))
            .filter(|(_, value, kind)| !is_well_formed(value, *kind))
            .map(|(name, ..)| name.to_owned())
            .collect();
        malformed.extend(self.ill_formed_limit("1"));
        malformed.extend(self.ill_formed_limit("2"));
        fail_with(Wrong::NotWellFormed, malformed)?;
        let now = clock.now().0 / 1000;
        let mut invalid: Vec<String> = rows
            .iter()
            .filter(|row| match self.get(row.0) {
                None => row.1,
                Some(value) => !is_valid(row.0, value, row.2, now),
            })
            .map(|row| row.0.to_owned())
            .collect();
        let asked: Vec<&str> = pipeline.map_or_else(Vec::new, |pipeline| self.asked_for_by_others(pipeline));
        invalid.extend(asked.into_iter().map(str::to_owned).filter(|name| !invalid.contains(name)).collect::<Vec<_>>());
        fail_with(Wrong::InvalidOrAbsent, invalid)?;
        let foreign = self
            .pairs
            .iter()
            .filter(|(name, _)| !rows.iter().any(|row| row.0.eq_ignore_ascii_case(name)))
            .map(|(name, _)| name.clone())
            .collect();
        fail_with(Wrong::NotForThisPipeline, foreign)?;
        pipeline.ok_or_else(|| CallerException::invalid("pipelineName"))
    }

    /// A usage limit by `Count` is a whole number, one by `Amount` an amount.
    fn ill_formed_limit(&self, number: &str) -> Option<String> {
        let name = format!("usageLimitValue{number}");
        let value = self.get(&name).filter(|_| self.pipeline() == Some(Pipeline::MultiUse))?;
        let is_good = match self.text(&format!("usageLimitType{number}")) {
            "Count" => value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u32>().is_ok(),
            _ => is_well_formed(value, Kind::Amount),
        };
        (!is_good).then_some(name)
    }

    /// Parameters that are missing, or wrong, because of what others say.
    fn asked_for_by_others(&self, pipeline: Pipeline) -> Vec<&'static str> {
        let has = |name: &str| self.get(name).is_some();
        let mut wanted: Vec<(bool, &'static str)> =
            vec![(has("signature"), "signatureVersion"), (has("signature"), "signatureMethod")];
        let is_cobranded = self.is_true("isRecipientCobranding");
        if matches!(pipeline, Pipeline::SingleUse | Pipeline::Recurring) {
            wanted.push((is_cobranded, "recipientToken"));
        }
        if pipeline == Pipeline::MultiUse {
            wanted.extend([
                (is_cobranded, "recipientTokenList"),
                (has("amountType"), "transactionAmount"),
                (has("usageLimitType1"), "usageLimitValue1"),
                (has("usageLimitValue1") || has("usageLimitPeriod1"), "usageLimitType1"),
                (has("usageLimitType2"), "usageLimitValue2"),
                (has("usageLimitValue2") || has("usageLimitPeriod2"), "usageLimitType2"),
            ]);
        }
        let mut wrong: Vec<&'static str> =
            wanted.into_iter().filter(|(is_asked, name)| *is_asked && !has(name)).map(|(_, name)| name).collect();
        let (start, expiry) = (self.instant("validityStart"), self.instant("validityExpiry"));
        if start.zip(expiry).is_some_and(|(start, expiry)| expiry <= start) {
            wrong.push("validityExpiry");
        }
        wrong
    }
}

fn fail_with(wrong: Wrong, parameters: Vec<String>) -> Result<(), CallerException> {
    if parameters.is_empty() { Ok(()) } else { Err(CallerException { wrong, parameters }) }
}

#[cfg(test)]
mod tests;
