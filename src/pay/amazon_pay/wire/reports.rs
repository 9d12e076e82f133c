//! Reports, their schedules, disbursements and parcels on their way. Source: Amazon Pay API v2, "Reports"; the
//! official SDKs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Stamp;

/// The body of Create Report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewReport {
    /// `_GET_FLAT_FILE_OFFAMAZONPAYMENTS_SETTLEMENT_DATA_`…
    pub report_type: String,
    /// From when, `20260102T030405Z`.
    pub start_time: Option<String>,
    /// Until when.
    pub end_time: Option<String>,
}

/// The answer to Create Report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportMade {
    /// Its id.
    pub report_id: String,
}

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// Its id.
    pub report_id: String,
    /// Which.
    pub report_type: String,
    /// IN_PROGRESS, COMPLETED, CANCELLED (also when there is no data), FAILED.
    pub processing_status: String,
    /// When it was asked for.
    pub created_time: Option<Stamp>,
    /// What to fetch, once completed.
    pub report_document_id: Option<String>,
}

/// Some of the reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportPage {
    /// These.
    pub reports: Vec<Report>,
    /// Where the next page begins.
    pub next_token: Option<String>,
}

/// Which reports to list. Lists are comma-joined on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// These types only.
    pub types: Vec<String>,
    /// In these states only.
    pub statuses: Vec<String>,
    /// From when, `20260102T030405Z`.
    pub since: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// How many.
    pub page_size: Option<u32>,
    /// Where an earlier page ended.
    pub next_token: Option<String>,
}

/// Where a report is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportDocument {
    /// Its id.
    pub report_document_id: String,
    /// An address for a short time.
    pub url: String,
    /// How it is packed.
    pub compression_algorithm: Option<String>,
}

/// The body of Create Report Schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSchedule {
    /// Which report.
    pub report_type: String,
    /// `PT1H`, `P1D`…
    pub schedule_frequency: String,
    /// When first.
    pub next_report_creation_time: Option<String>,
    /// Whether a schedule that is there already gives way.
    pub delete_existing_schedule: Option<bool>,
}

/// A schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// Its id.
    pub report_schedule_id: String,
    /// Which report.
    pub report_type: Option<String>,
    /// How often.
    pub schedule_frequency: Option<String>,
}

/// All schedules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedules {
    /// These.
    pub report_schedules: Vec<Schedule>,
}

/// Which disbursements to list, by settlement date, both ends given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisbursementFilter {
    /// From when, `20260102T030405Z`.
    pub since: String,
    /// Until when.
    pub until: String,
}

/// The body and the answer of Delivery Trackers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Delivery {
    /// Which purchase.
    pub charge_permission_id: String,
    /// Its parcels.
    pub delivery_details: Vec<Parcel>,
}

/// One parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parcel {
    /// The carrier's number.
    pub tracking_number: String,
    /// `UPS`, `FEDEX`…
    pub carrier_code: String,
}

/// Disbursements: what we know names no members, so they are kept as they come.
pub type Disbursements = Value;
