//! What comes back is read as its sender meant it, and nothing that is made up is believed.

use guestlist_core::command::Report;
use guestlist_core::mail::MailId;
use guestlist_mail::bounce::{BYTES_MAX, Returned, Unread, read};
use guestlist_mail::verp::{Seal, Verp};
use proptest::prelude::*;
use uuid::Uuid;

const KEY: [u8; 32] = [7; 32];

fn mail() -> MailId {
    MailId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

fn sender() -> String {
    Verp::new("invitations", "circles.example", Seal::new(KEY)).expect("there is room").sender(mail())
}

fn returned(mail: &str) -> Result<Returned, Unread> {
    read(mail.as_bytes(), &Seal::new(KEY))
}

/// A report to `to` with these fields, as mail servers send it, and the mail that it is about.
fn report(to: &str, kind: &str, fields: &str, original: &str) -> String {
    let report = kind.rsplit('/').next().expect("a type");
    format!(
        "Return-Path: <>\r\nTo: {to}\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type={report};\r\n\tboundary=\"4FJk0/mx.example\"\r\n\r\n\
         --4FJk0/mx.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry to have to inform you.\r\n\
         --4FJk0/mx.example\r\nContent-Description: Report\r\nContent-Type: {kind}\r\n\r\n{fields}\r\n\
         --4FJk0/mx.example\r\n{original}\r\n--4FJk0/mx.example--\r\n"
    )
}

/// The headers of the mail that is returned.
fn headers() -> String {
    let from = sender();
    format!("Content-Type: text/rfc822-headers\r\n\r\nReturn-Path: <{from}>\r\nSubject: An invitation\r\n")
}

fn failed(status: &str, diagnostic: &str) -> String {
    format!(
        "Reporting-MTA: dns; mx.example\r\nX-Postfix-Queue-ID: 4FJk0\r\nArrival-Date: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; nobody@there.example\r\nOriginal-Recipient: rfc822;nobody@there.example\r\n\
         Action: failed\r\nStatus: {status}\r\nRemote-MTA: dns; mx.there.example\r\n{diagnostic}"
    )
}

const DELIVERY_STATUS: &str = "message/delivery-status";

#[test]
fn a_status_of_an_unknown_mailbox_is_a_bounce_for_good_with_the_servers_words() {
    let diagnostic =
        "Diagnostic-Code: smtp; 550 5.1.1 <nobody@there.example>: Recipient address\r\n    rejected: User unknown\r\n";
    let bounce = report(&sender(), DELIVERY_STATUS, &failed("5.1.1", diagnostic), &headers());
    let Returned { mail: found, report, reply } = returned(&bounce).unwrap();
    assert_eq!((found, report), (mail(), Report::HardBounce));
    assert_eq!(reply.unwrap().as_str(), "550 5.1.1 (address) Recipient address rejected: User unknown");
}

#[test]
fn a_status_tells_as_much_where_the_words_do_not() {
    for (diagnostic, words) in [("", "5.1.1"), ("Diagnostic-Code: smtp; 550 no such user\r\n", "550 no such user")] {
        let bounce = report(&sender(), DELIVERY_STATUS, &failed("5.1.1", diagnostic), &headers());
        let returned = returned(&bounce).unwrap();
        assert_eq!(returned.report, Report::HardBounce, "{words}");
        assert_eq!(returned.reply.unwrap().as_str(), words);
    }
}

#[test]
fn another_failure_may_pass() {
    for status in ["5.2.2", "5.7.1", "4.4.7", "5.0.0"] {
        let bounce = report(&sender(), DELIVERY_STATUS, &failed(status, ""), &headers());
        assert_eq!(returned(&bounce).map(|returned| returned.report), Ok(Report::SoftBounce), "{status}");
    }
}

#[test]
fn only_an_end_is_told() {
    for action in ["delayed", "delivered", "relayed", "expanded"] {
        let fields = failed("4.4.1", "").replace("failed", action);
        let told = returned(&report(&sender(), DELIVERY_STATUS, &fields, &headers()));
        assert_eq!(told, Err(Unread::NoEnd), "{action}");
    }
}

#[test]
fn a_complaint_to_another_mailbox_is_known_by_the_mail_that_it_returns() {
    let (from, fields) = (sender(), "Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n");
    let original = format!("Content-Type: message/rfc822\r\n\r\nReturn-Path: <{from}>\r\nSubject: Hi\r\n\r\nBody\r\n");
    let complaint = report("abuse@circles.example", "message/feedback-report", fields, &original);
    let known = Returned { mail: mail(), report: Report::Complaint, reply: None };
    assert_eq!(returned(&complaint), Ok(known.clone()));
    let named = format!("{fields}Original-Mail-From: <{from}>\r\n");
    let complaint =
        report("abuse@circles.example", "message/feedback-report", &named, "Content-Type: text/plain\r\n\r\n-");
    assert_eq!(returned(&complaint), Ok(known));
    let praise = report(&from, "message/feedback-report", &fields.replace("abuse", "not-spam"), &original);
    assert_eq!(returned(&praise), Err(Unread::NoEnd));
}

#[test]
fn what_people_and_their_programs_answer_is_no_report() {
    let to = sender();
    let away =
        format!("To: <{to}>\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nUntil Monday. Action: failed\r\n");
    assert_eq!(returned(&away), Err(Unread::NoReport));
    assert_eq!(returned(""), Err(Unread::Malformed));
    assert_eq!(read(&vec![b'a'; BYTES_MAX + 1], &Seal::new(KEY)), Err(Unread::TooLarge));
}

#[test]
fn nobody_reports_a_mail_whose_sender_they_do_not_know() {
    let forged = Verp::new("invitations", "circles.example", Seal::new([8; 32])).unwrap().sender(mail());
    for to in [forged.as_str(), "invitations@circles.example"] {
        let bounce = report(to, DELIVERY_STATUS, &failed("5.1.1", ""), "Content-Type: text/plain\r\n\r\n-");
        assert_eq!(returned(&bounce), Err(Unread::NotOurs), "{to}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_cut_off_or_damaged_is_read_without_harm(
        cut in 0..2_000_usize,
        at in 0..2_000_usize,
        byte in any::<u8>(),
    ) {
        let mut bounce = report(&sender(), DELIVERY_STATUS, &failed("5.1.1", ""), &headers()).into_bytes();
        bounce.truncate(cut);
        if let Some(damaged) = bounce.get_mut(at) {
            *damaged = byte;
        }
        if let Ok(returned) = read(&bounce, &Seal::new(KEY)) {
            prop_assert_eq!(returned.mail, mail());
        }
    }
}
