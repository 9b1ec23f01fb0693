//! The ledger as a run and a later sweep use it.

use bytes::Bytes;
use chrono::{DateTime, TimeZone, Utc};

use super::*;
use crate::transcript::{Headers, Received, ResourceKind};

const RESOURCE: &str = "https://contoso.communication.azure.com";

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 2, 12, 0, 0).single().expect("a time")
}

fn shelf() -> (tempfile::TempDir, Shelf) {
    let directory = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::new(directory.path().join("state"));
    (directory, shelf)
}

fn begin(shelf: &Shelf) -> Ledger {
    Ledger::begin(shelf, RESOURCE, noon()).expect("a ledger")
}

fn headers(repeatability: Option<&str>) -> Headers {
    let mut headers = Headers::default();
    headers.push("x-ms-client-request-id", "r-1");
    if let Some(id) = repeatability {
        headers.push("repeatability-request-id", id);
        headers.push("repeatability-first-sent", "Fri, 02 Jan 2026 12:00:00 GMT");
    }
    headers
}

fn send(ledger: &Ledger, method: &str, target: &str, repeatability: Option<&str>) -> Pending {
    let headers = headers(repeatability);
    let request = Request { method, target, headers: &headers, body: b"{}" };
    ledger.before(request, noon()).expect("written")
}

fn answer(status: u16, body: &str) -> Received {
    Received { status, headers: Headers::default(), body: Bytes::copy_from_slice(body.as_bytes()) }
}

const CREATE_ROOM: &str = "/rooms?api-version=2025-03-13";
const CREATE_USER: &str = "/identities?api-version=2023-10-01";

#[test]
fn an_intent_is_on_disk_before_its_create_is_sent_and_the_id_before_anything_else() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let pending = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    let page = Page::read(&ledger.path()).expect("a page");
    assert_eq!(page.unknown().count(), 1);
    let intent = page.unknown().next().expect("the intent");
    assert_eq!(intent.target, CREATE_ROOM);
    assert_eq!(intent.bytes().as_deref(), Some(&b"{}"[..]));
    assert_eq!(intent.request_id.as_deref(), Some("r-1"));
    assert_eq!(intent.repeatability.as_ref().map(|pair| pair.request_id.as_str()), Some("a"));

    ledger.after(pending, Some(&answer(201, r#"{"id":"99412345678901234"}"#))).expect("written");
    let page = Page::read(&ledger.path()).expect("a page");
    assert_eq!(page.existing(), [(ResourceKind::Room, "99412345678901234".to_owned())]);
}

#[test]
fn a_run_that_leaves_nothing_removes_its_ledger_and_any_other_keeps_it() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let pending = send(&ledger, "POST", CREATE_USER, None);
    let user = r#"{"identity":{"id":"8:acs:a_b"}}"#;
    ledger.after(pending, Some(&answer(201, user))).expect("written");
    let kept = ledger.finish().expect("a tally");
    assert_eq!(kept.to_string(), "created 1, deleted 0, leaked 1");
    assert!(ledger.path().exists());

    let pending = send(&ledger, "DELETE", "/identities/8%3Aacs%3Aa_b?api-version=1", None);
    ledger.after(pending, Some(&answer(204, ""))).expect("written");
    assert_eq!(ledger.finish().expect("a tally").to_string(), "created 1, deleted 1, leaked 0");
    assert_eq!(shelf.files().expect("files"), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_create_without_an_answer_is_unaccounted_and_a_refused_one_is_not() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let lost = send(&ledger, "POST", CREATE_USER, None);
    ledger.after(lost, None).expect("nothing to write");
    let refused = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    ledger.after(refused, Some(&answer(400, "{}"))).expect("written");
    let gateway = send(&ledger, "POST", CREATE_ROOM, Some("b"));
    ledger.after(gateway, Some(&answer(502, ""))).expect("nothing to write");
    let tally = ledger.finish().expect("a tally");
    assert_eq!(tally.to_string(), "created 0, deleted 0, leaked 0, unaccounted 2");
}

#[test]
fn a_repeated_create_is_one_intent_until_it_is_answered_and_one_room_after() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let first = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    let second = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    let (Pending::Create { intent, .. }, Pending::Create { intent: same, again, .. }) =
        (&first, &second)
    else {
        panic!("{first:?} {second:?}")
    };
    assert_eq!((intent, *again), (same, true));
    ledger.after(first.clone(), Some(&answer(429, ""))).expect("written");
    let third = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    assert_ne!(first, third, "after a refusal the create is in flight anew");
    assert_eq!(ledger.tally().unaccounted, 1);
    ledger.after(third, Some(&answer(201, r#"{"id":"1"}"#))).expect("written");
    let fourth = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    ledger.after(fourth, Some(&answer(201, r#"{"id":"1"}"#))).expect("written");
    assert_eq!(ledger.tally().to_string(), "created 1, deleted 0, leaked 1");
}

#[test]
fn what_the_ledger_never_knew_is_not_counted_as_deleted() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let pending = send(&ledger, "DELETE", "/rooms/99400000000000000?api-version=1", None);
    ledger.after(pending, Some(&answer(204, ""))).expect("nothing to write");
    assert_eq!(ledger.tally(), Tally::default());
}

#[test]
fn a_running_ledger_cannot_be_taken_up_and_a_dead_one_can() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let path = ledger.path();
    assert!(Ledger::take_up(&path).expect("readable").is_none());
    drop(ledger);
    let ledger = Ledger::take_up(&path).expect("readable").expect("free");
    assert_eq!(ledger.page().heading.map(|heading| heading.resource).as_deref(), Some(RESOURCE));
}

#[test]
fn a_torn_last_line_counts_as_not_written_and_is_written_over() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let pending = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    assert_ne!(pending, Pending::Nothing);
    let path = ledger.path();
    drop(ledger);
    let whole = std::fs::read(&path).expect("the ledger");
    for cut in 0..whole.len() {
        std::fs::write(&path, &whole[..cut]).expect("a torn ledger");
        let ledger = Ledger::take_up(&path).expect("readable").expect("free");
        assert_eq!(ledger.page().unknown().count(), 0, "cut at {cut}");
        if ledger.page().heading.is_some() {
            let pending = send(&ledger, "POST", CREATE_ROOM, Some("b"));
            ledger.after(pending, Some(&answer(201, r#"{"id":"2"}"#))).expect("written");
            drop(ledger);
            assert_eq!(Page::read(&path).expect("whole lines").existing().len(), 1);
        }
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    let (_directory, shelf) = shelf();
    std::fs::create_dir_all(shelf.directory()).expect("a folder");
    let path = shelf.directory().join("notes.ledger");
    std::fs::write(&path, "milk\neggs\n").expect("a file");
    let error = Ledger::take_up(&path).expect_err("no ledger").to_string();
    assert!(error.contains("line 1 of") && error.contains("is no line of a ledger"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "milk\neggs\n");
}

#[test]
fn a_refusal_of_a_repeated_create_says_nothing_of_the_first_unless_it_is_about_the_body() {
    let (_directory, shelf) = shelf();
    let ledger = begin(&shelf);
    let lost = send(&ledger, "POST", CREATE_ROOM, Some("a"));
    ledger.after(lost, None).expect("nothing to write");
    for (status, unaccounted) in [(401, 1), (429, 1), (503, 1), (400, 0)] {
        let again = send(&ledger, "POST", CREATE_ROOM, Some("a"));
        ledger.after(again, Some(&answer(status, "{}"))).expect("written");
        assert_eq!(ledger.tally().unaccounted, unaccounted, "{status}");
    }
}
