//! Whatever is written to a report is read back from it, and nothing else.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::record::*;
use super::{Ending, Journal, Report};

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_000_000_000_i64, 0..1_000_000_000_i64).prop_map(|(s, ns)| {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(s) + TimeDelta::nanoseconds(ns)
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn exchanges() -> impl Strategy<Value = ExchangeEntry> {
    let request = (any::<String>(), prop::collection::vec(any::<(String, String)>(), 0..3));
    let body = prop::collection::vec(any::<u8>(), 0..40);
    (request, body, any::<Option<u16>>(), any::<Option<String>>(), instants(), any::<u64>())
        .prop_map(|((url, headers), body, status, why, started, duration_us)| ExchangeEntry {
            digest: "d".to_owned(),
            observer: "emulator".to_owned(),
            operation: why.clone(),
            request: RequestEntry {
                method: "GET".to_owned(),
                url,
                protocol: "HTTP/2".to_owned(),
                headers: headers.clone(),
                body: BodyEntry::of(&body),
            },
            response: status.map(|status| ResponseEntry {
                status,
                headers,
                body: BodyEntry::of(&body),
            }),
            broken: why.clone(),
            started,
            duration_us,
            connection: Some(duration_us),
            signature_form: None,
            refusal: why.clone(),
            fault: why,
            served_as: None,
            cleanup: duration_us % 2 == 0,
        })
}

fn keys() -> impl Strategy<Value = CaseKey> {
    ("[a-c]::[a-c]::v", 1..3_u32).prop_map(|(name, repetition)| CaseKey {
        name,
        repetition,
        driver: String::new(),
    })
}

fn steps() -> impl Strategy<Value = StepEntry> {
    let texts =
        (any::<String>(), any::<Option<String>>(), prop::collection::vec(any::<String>(), 0..3));
    (keys(), texts, values(), prop::collection::vec(exchanges(), 0..3), instants()).prop_map(
        |(case, (name, id, printed), value, exchanges, now)| StepEntry {
            case,
            path: "1.2[a=b]".to_owned(),
            id,
            state: match name.len() % 3 {
                0 => StepState::Ran,
                1 => StepState::Broken(name.clone()),
                _ => StepState::NotRun(name.clone()),
            },
            name,
            action: "rooms.get".to_owned(),
            place: PlaceEntry { file: "a.yaml".to_owned(), line: 3, column: 4 },
            now,
            outcome: Some(OutcomeEntry::Ok(value.clone())),
            exchanges,
            variables: json!({ "value": value }).as_object().cloned().unwrap_or_default(),
            printed,
            started: now,
            duration_us: 7,
        },
    )
}

fn ending() -> Ending {
    let ledger = LedgerEntry { created: 4, deleted: 2, leaked: 1, unaccounted: 1 };
    Ending { exit: 1, duration_us: 9, ledger: Some(ledger), notes: vec!["waited once".to_owned()] }
}

fn header() -> Header {
    Header {
        format: FORMAT,
        harness: "0".to_owned(),
        suite: "s".to_owned(),
        requirements: None,
        implementation: Implementation::wire(),
        target: "emulator".to_owned(),
        platform: "linux".to_owned(),
        seed: None,
        started: DateTime::UNIX_EPOCH,
        cases: Vec::new(),
        selected: 0,
        shard: None,
        served_as: Vec::new(),
        options: String::new(),
        environment: Default::default(),
    }
}

fn write(steps: &[StepEntry]) -> Vec<u8> {
    let mut journal = Journal::begin(Vec::new(), header()).expect("a header");
    for step in steps {
        journal.append(&Record::Step(step.clone())).expect("a record");
    }
    journal.finish(ending()).expect("a footer")
}

fn read(bytes: &[u8]) -> Report {
    Report::from_bytes(Path::new("r"), bytes.to_vec()).expect("a report")
}

fn read_steps(report: &mut Report) -> Vec<StepEntry> {
    let mut steps = Vec::new();
    report
        .visit(|case| {
            steps.extend(case.steps.iter().cloned());
            Ok::<_, super::ReadError>(())
        })
        .expect("cases");
    steps
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(mut steps in prop::collection::vec(steps(), 0..6)) {
        let mut report = read(&write(&steps));
        prop_assert_eq!(&report.torn, &None);
        prop_assert_eq!(&report.header, &header());
        // Cases come in order of name, the steps of each in the order in which they were written.
        steps.sort_by(|a, b| a.case.cmp(&b.case));
        prop_assert_eq!(read_steps(&mut report), steps);
    }

    #[test]
    fn a_report_cut_off_anywhere_after_its_header_is_torn_and_keeps_its_whole_lines(
        steps in prop::collection::vec(steps(), 1..4), share in 0.0..1.0_f64,
    ) {
        let bytes = write(&steps);
        let first = bytes.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "an index within a small vector")]
        let cut = first + ((bytes.len() - first) as f64 * share) as usize;
        let mut report = read(&bytes[..cut]);
        prop_assert!(report.torn.is_some());
        let lines = bytes[..cut].iter().filter(|byte| **byte == b'\n').count() - 1;
        prop_assert_eq!(read_steps(&mut report).len(), lines.min(steps.len()));
    }

    #[test]
    fn a_changed_byte_before_the_last_line_is_noticed_or_refused(
        steps in prop::collection::vec(steps(), 1..3), at in any::<prop::sample::Index>(),
    ) {
        let mut bytes = write(&steps);
        let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').expect("lines");
        let index = at.index(last);
        bytes[index] = if bytes[index] == b'0' { b'1' } else { b'0' };
        let read = Report::from_bytes(Path::new("r"), bytes);
        prop_assert!(read.is_err() || read.is_ok_and(|report| report.torn.is_some()));
    }
}
