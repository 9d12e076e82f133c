//! Reports: asked for, made a minute later, fetched as tab-separated text; and schedules that ask by themselves.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Call;
use crate::base::clock::{Millis, minutes};
use crate::base::ids;
use crate::sandbox::amazon_pay::bodies::FREQUENCIES;
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::machine::{ChargeState, RefundState};
use crate::sandbox::amazon_pay::state::Kept;
use crate::sandbox::amazon_pay::state::objects::{Charge, Permission, Refund};
use crate::sandbox::amazon_pay::wire::{read_timestamp, timestamp, timestamp_or_null};
use crate::sandbox::state::{StateError, Tx};

/// How long a report takes to be made (our choice).
const TAKES: std::time::Duration = minutes(1);

/// One report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// `rep_…`.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `_GET_FLAT_FILE_…`.
    pub kind: String,
    /// The period.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// `IN_PROGRESS`, `COMPLETED` or `CANCELLED` (there is no data).
    pub status: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was done; 0 before.
    pub ended_at: i64,
    /// When it will be; 0 afterwards.
    pub due_at: i64,
    /// Tab-separated text; empty before.
    pub text: String,
}

/// A schedule that asks for a report again and again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// `sch_…`.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `_GET_FLAT_FILE_…`.
    pub kind: String,
    /// `P7D`.
    pub frequency: String,
    /// When the next report is asked for; 0 once canceled.
    pub due_at: i64,
}

impl Kept for Report {
    const KIND: &'static str = "report";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        self.due_at
    }
}

impl Kept for Schedule {
    const KIND: &'static str = "schedule";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        self.due_at
    }
}

/// Every operation about reports.
pub async fn perform(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    match call.operation.name {
        "CreateReport" => create(call, tx).await,
        "GetReports" => list(call, tx).await,
        "GetReport" => Ok(view(&call.own(tx, call.id()).await?)),
        "GetReportDocument" => document(call, tx).await,
        "CreateReportSchedule" => schedule(call, tx).await,
        "GetReportSchedules" => schedules(call, tx).await,
        "GetReportSchedule" => Ok(schedule_view(&open_schedule(call, tx).await?)),
        _ => cancel_schedule(call, tx).await,
    }
}

async fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let instant = |name: &str, otherwise: Millis| match call.text(name) {
        "" => Ok(otherwise),
        text => read_timestamp(text).ok_or_else(|| ApiError::value(name, "it is not an ISO 8601 instant")),
    };
    let (from, to) = (instant("startTime", Millis(0))?, instant("endTime", call.now)?);
    if from > to {
        return Err(ApiError::value("endTime", "it lies before startTime").into());
    }
    let id = ask(tx, &call.merchant.id, call.text("reportType"), from, to, call.now).await?;
    Ok(json!({ "reportId": id }))
}

/// Asks for a report; it is made in a minute.
async fn ask(
    tx: &mut Tx,
    merchant: &str,
    kind: &str,
    from: Millis,
    to: Millis,
    now: Millis,
) -> Result<String, StateError> {
    let report = Report {
        id: ids::fresh("rep"),
        merchant_id: merchant.to_owned(),
        kind: kind.to_owned(),
        from: from.0,
        to: to.0,
        status: "IN_PROGRESS".to_owned(),
        created_at: now.0,
        due_at: now.plus(TAKES).0,
        ..Report::default()
    };
    tx.add_object(&report, now).await?;
    Ok(report.id)
}

fn view(report: &Report) -> Value {
    let document = (report.status == "COMPLETED").then(|| format!("doc-{}", report.id));
    json!({
        "reportId": report.id, "reportType": report.kind, "startTime": timestamp(Millis(report.from)),
        "endTime": timestamp(Millis(report.to)), "createdTime": timestamp(Millis(report.created_at)),
        "processingStatus": report.status, "processingStartTime": timestamp(Millis(report.created_at)),
        "processingEndTime": timestamp_or_null(report.ended_at), "reportDocumentId": document,
    })
}

/// Newest first, filtered by the comma-joined lists of the query, a page at a time.
async fn list(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let is_wanted = |name: &str, value: &str| {
        let wanted = call.parameter(name);
        wanted.is_empty() || wanted.split(',').any(|own| own == value)
    };
    let bound = |name: &str, otherwise: i64| match call.parameter(name) {
        "" => Ok(otherwise),
        text => {
            read_timestamp(text).map(|at| at.0).ok_or_else(|| ApiError::value(name, "it is not an ISO 8601 instant"))
        }
    };
    let (since, until) = (bound("createdSince", 0)?, bound("createdUntil", i64::MAX)?);
    let size = match call.parameter("pageSize") {
        "" => 10,
        text => text
            .parse::<usize>()
            .ok()
            .filter(|size| (1..=100).contains(size))
            .ok_or_else(|| ApiError::value("pageSize", "it must be a number from 1 to 100"))?,
    };
    let mut all: Vec<Report> = tx.objects().await?;
    all.retain(|own| {
        own.merchant_id == call.merchant.id
            && is_wanted("reportTypes", &own.kind)
            && is_wanted("processingStatuses", &own.status)
            && (since..=until).contains(&own.created_at)
    });
    all.reverse();
    let from = match call.parameter("nextToken") {
        "" => 0,
        token => {
            let place = all.iter().position(|own| own.id == token);
            place.map(|place| place + 1).ok_or_else(|| ApiError::value("nextToken", "it is unknown"))?
        }
    };
    let page = &all[from..all.len().min(from + size)];
    let next = page.last().filter(|_| all.len() > from + size).map(|last| last.id.clone());
    Ok(json!({ "reports": page.iter().map(view).collect::<Vec<_>>(), "nextToken": next }))
}

async fn document(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let id = call.id().strip_prefix("doc-").unwrap_or_default();
    let report: Report = call.own(tx, id).await?;
    if report.status != "COMPLETED" {
        return Err(ApiError::not_found(call.id()).into());
    }
    let url = format!("{}/amazon-pay/report-files/{}", call.sandbox.base_url(), report.id);
    Ok(json!({ "reportDocumentId": call.id(), "url": url, "compressionAlgorithm": null }))
}

async fn schedule(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    if !FREQUENCIES.iter().any(|(name, _)| *name == call.text("scheduleFrequency")) {
        return Err(ApiError::value("scheduleFrequency", "it is not one of the frequencies").into());
    }
    let next = match call.text("nextReportCreationTime") {
        "" => call.now,
        text => read_timestamp(text)
            .ok_or_else(|| ApiError::value("nextReportCreationTime", "it is not an ISO 8601 instant"))?,
    };
    let same: Vec<Schedule> = tx.objects().await?;
    let same = same
        .into_iter()
        .find(|own| own.merchant_id == call.merchant.id && own.kind == call.text("reportType") && own.due_at > 0);
    match same {
        Some(mut own) if call.is("deleteExistingSchedule") => {
            own.due_at = 0;
            tx.keep_object(&own).await?;
        }
        Some(_) => return refuse("InvalidRequest", "There is a schedule for this report type already."),
        None => {}
    }
    let schedule = Schedule {
        id: ids::fresh("sch"),
        merchant_id: call.merchant.id.clone(),
        kind: call.text("reportType").to_owned(),
        frequency: call.text("scheduleFrequency").to_owned(),
        due_at: next.0.max(call.now.0),
    };
    tx.add_object(&schedule, call.now).await?;
    Ok(json!({ "reportScheduleId": schedule.id }))
}

fn schedule_view(schedule: &Schedule) -> Value {
    json!({
        "reportScheduleId": schedule.id, "reportType": schedule.kind, "scheduleFrequency": schedule.frequency,
        "nextReportCreationTime": timestamp_or_null(schedule.due_at),
    })
}

async fn schedules(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let wanted = call.parameter("reportTypes");
    let mut all: Vec<Schedule> = tx.objects().await?;
    all.retain(|own| {
        let is_wanted = wanted.is_empty() || wanted.split(',').any(|kind| kind == own.kind);
        own.merchant_id == call.merchant.id && own.due_at > 0 && is_wanted
    });
    Ok(json!({ "reportSchedules": all.iter().map(schedule_view).collect::<Vec<_>>() }))
}

async fn open_schedule(call: &Call<'_>, tx: &mut Tx) -> Result<Schedule, Trouble> {
    let schedule: Schedule = call.own(tx, call.id()).await?;
    if schedule.due_at > 0 { Ok(schedule) } else { Err(ApiError::not_found(call.id()).into()) }
}

async fn cancel_schedule(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut schedule = open_schedule(call, tx).await?;
    schedule.due_at = 0;
    tx.keep_object(&schedule).await?;
    Ok(schedule_view(&schedule))
}

/// A schedule's moment has come: asks for the report and waits for the next time.
pub async fn repeat(tx: &mut Tx, schedule: &mut Schedule, at: Millis) -> Result<(), StateError> {
    let pause =
        FREQUENCIES.iter().find(|(name, _)| *name == schedule.frequency).map_or(minutes(1440), |(_, m)| minutes(*m));
    ask(tx, &schedule.merchant_id, &schedule.kind, at.minus(pause), at, at).await?;
    schedule.due_at = at.plus(pause).0;
    tx.keep_object(schedule).await
}

/// Makes a report that was asked for.
pub async fn make(tx: &mut Tx, report: &mut Report, at: Millis) -> Result<(), StateError> {
    let rows = rows(tx, report).await?;
    report.status = if rows.len() > 1 { "COMPLETED" } else { "CANCELLED" }.to_owned();
    report.text = rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect();
    (report.ended_at, report.due_at) = (at.0, 0);
    tx.keep_object(report).await
}

/// The head and one row for every object of the period.
async fn rows(tx: &mut Tx, report: &Report) -> Result<Vec<Vec<String>>, StateError> {
    let is_own = |merchant: &str, at: i64| merchant == report.merchant_id && (report.from..=report.to).contains(&at);
    let head = |names: &[&str]| vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    let when = |at: i64| Millis(at).iso8601();
    let charges: Vec<Charge> = tx.objects().await?;
    let charges: Vec<&Charge> =
        charges.iter().filter(|own| own.is_confirmed && is_own(&own.merchant_id, own.created_at)).collect();
    let refunds: Vec<Refund> = tx.objects().await?;
    let refunds: Vec<&Refund> = refunds.iter().filter(|own| is_own(&own.merchant_id, own.created_at)).collect();
    let permissions: Vec<Permission> = tx.objects().await?;
    let is_recurring = report.kind.contains("BILLING_AGREEMENT");
    let mut rows = head(&["Id", "ParentId", "Reference", "Amount", "CurrencyCode", "CreationTimestamp", "State"]);
    let mut add = |id: &str, parent: &str, reference: &str, amount: String, currency: &str, at: i64, state: String| {
        rows.push(vec![id.into(), parent.into(), reference.into(), amount, currency.into(), when(at), state]);
    };
    let kind = report.kind.trim_start_matches("_GET_FLAT_FILE_OFFAMAZONPAYMENTS_");
    if matches!(kind, "AUTHORIZATION_DATA_") {
        for own in &charges {
            add(
                &own.id,
                &own.permission_id,
                &own.caller_reference,
                own.amount().decimal(),
                &own.currency,
                own.created_at,
                format!("{:?}", own.state),
            );
        }
    }
    if matches!(kind, "CAPTURE_DATA_" | "SETTLEMENT_DATA_" | "SANDBOX_SETTLEMENT_DATA_") {
        for own in charges.iter().filter(|own| own.state == ChargeState::Captured) {
            add(
                &own.id,
                &own.permission_id,
                &own.capture_reference,
                own.captured().decimal(),
                &own.currency,
                own.captured_at,
                "Capture".to_owned(),
            );
        }
    }
    if matches!(kind, "REFUND_DATA_" | "SETTLEMENT_DATA_" | "SANDBOX_SETTLEMENT_DATA_") {
        for own in refunds.iter().filter(|own| own.state == RefundState::Refunded) {
            add(
                &own.id,
                &own.charge_id,
                &own.caller_reference,
                format!("-{}", own.amount().decimal()),
                &own.currency,
                own.created_at,
                "Refund".to_owned(),
            );
        }
    }
    if matches!(kind, "ORDER_REFERENCE_DATA_" | "BILLING_AGREEMENT_DATA_") {
        let own = |own: &&Permission| {
            own.is_confirmed && is_own(&own.merchant_id, own.created_at) && own.is_recurring() == is_recurring
        };
        for own in permissions.iter().filter(own) {
            let reference =
                own.merchant_metadata.get("merchantReferenceId").and_then(Value::as_str).unwrap_or_default();
            add(
                &own.id,
                &own.session_id,
                reference,
                own.limit().decimal(),
                &own.currency,
                own.created_at,
                format!("{:?}", own.state),
            );
        }
    }
    Ok(rows)
}
