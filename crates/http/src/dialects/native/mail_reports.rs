//! What becomes of mail after it was handed over, as mail providers tell it over HTTP.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{Report, ReportMail};
use guestlist_core::mail::{MailId, Reply as Said};
use guestlist_core::outcome::MailReported;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::body::present;
use super::caller::Caller;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::MailWrite;
use super::write::Write;
use crate::App;

/// What became of a mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMailReport {
    /// The `Message-ID` of the mail, with or without its angle brackets.
    #[schema(value_type = String)]
    message_id: MessageId,
    report: ReportWord,
    /// What the mail server said. Addresses in it are left out, and what is longer than 500 characters is cut off.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    reply: Option<String>,
}

/// What can be reported of a mail.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = MailReport)]
#[serde(rename_all = "snake_case")]
enum ReportWord {
    /// It came back for good: nobody reads mail at the address, which is not written to again.
    HardBounce,
    /// It came back, but another one may arrive.
    SoftBounce,
    /// The person, or their mail provider, complained. They are sent no invitations any more.
    Complaint,
}

impl From<ReportWord> for Report {
    fn from(word: ReportWord) -> Self {
        match word {
            ReportWord::HardBounce => Self::HardBounce,
            ReportWord::SoftBounce => Self::SoftBounce,
            ReportWord::Complaint => Self::Complaint,
        }
    }
}

/// `<ID@HOST>`, of which the first part names a mail.
struct MessageId(MailId);

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let id = text.split_once('@').and_then(|(id, _)| MailId::parse(id));
        id.map(Self).ok_or_else(|| D::Error::custom("write the Message-ID of a mail that guestlist sent"))
    }
}

/// What the report led to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MailReported)]
pub(super) struct MailReportedBody {
    /// Whether it was noted: it is not if there is no such mail (any more), nor a second time.
    is_news: bool,
}

/// Notes that a mail came back, or that somebody complained about it. For administrators.
#[utoipa::path(
    post,
    path = "/mail/reports",
    operation_id = "report_mail",
    tag = "Mail",
    security(("bearer" = ["guestlist.mail.write"])),
    params(Write),
    request_body = NewMailReport,
    responses((status = 200, description = "Understood.", body = MailReportedBody))
)]
pub(super) async fn create(caller: Caller<MailWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let NewMailReport { message_id: MessageId(mail), report, reply } = write.read()?;
    let reply = reply.as_deref().map(Said::of);
    let ask = ReportMail { by: Some(caller.id), mail, report: report.into(), reply };
    write.submit(&app, &caller, ask, |MailReported { is_news }| Reply::ok(&MailReportedBody { is_news })).await
}
