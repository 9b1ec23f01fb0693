//! Reports made up for tests: every kind of verdict, with exchanges, retries, findings and leaks.

use acs_conformance::report::record::*;
use acs_conformance::report::{Ending, Journal};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub const TOKEN_SHAPE: &str = "SENTINEL-not-a-secret";

pub fn instant(us: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
    start + TimeDelta::microseconds(us)
}

pub fn key(name: &str) -> CaseKey {
    CaseKey { name: name.to_owned(), repetition: 1, driver: String::new() }
}

/// An SDK that nobody ships.
pub fn sdk(version: &str, runtime: &str) -> Implementation {
    Implementation {
        name: "azure-communication-rooms".to_owned(),
        version: version.to_owned(),
        language: "python".to_owned(),
        flavour: "sync".to_owned(),
        runtime: runtime.to_owned(),
    }
}

/// A report under construction.
pub struct Sample {
    pub header: Header,
    pub records: Vec<Record>,
    pub exit: u8,
}

impl Sample {
    pub fn new(implementation: Implementation) -> Self {
        let header = Header {
            format: FORMAT,
            harness: "0.1.0".to_owned(),
            suite: "5u1te".to_owned(),
            requirements: None,
            implementation,
            target: "emulator".to_owned(),
            platform: "linux x86_64".to_owned(),
            seed: Some(7),
            started: instant(0),
            cases: Vec::new(),
            selected: 0,
            shard: None,
            served_as: Vec::new(),
            options: String::new(),
            environment: Default::default(),
        };
        Self { header, records: Vec::new(), exit: 0 }
    }

    /// Adds a case of two steps; `status` decides how it ends.
    pub fn case(mut self, name: &str, status: Status) -> Self {
        let key = key(name);
        self.header.cases.push(key.clone());
        self.header.selected = self.header.cases.len();
        let parts: Vec<&str> = name.split("::").collect();
        self.records.push(Record::Start(CaseStart {
            case: key.clone(),
            scenario: ScenarioEntry {
                name: parts[1].replace('-', " "),
                area: parts[0].to_owned(),
                slug: parts[1].to_owned(),
                api_version: parts[2].to_owned(),
                place: place(parts[0], parts[1], 1),
                about: Some("What this scenario shows, in a sentence.".to_owned()),
                evidence: vec![("recorded".to_owned(), "Python SDK test recordings".to_owned())],
                tags: vec!["sample".to_owned()],
                rules: vec![],
                lane: "fast".to_owned(),
            },
            implementation: self.header.implementation.clone(),
            target: "emulator".to_owned(),
            started: instant(0),
        }));
        if status != Status::NotApplicable {
            self.records.push(Record::Step(step(&key, "0", status == Status::Warn)));
            self.records.push(Record::Step(step(&key, "1", false)));
        }
        self.records.push(Record::Case(Box::new(verdict(&key, status))));
        if status.is_red() {
            self.exit = 1;
        }
        self
    }

    pub fn rule(mut self, case: &str, rule: &str, status: Status, exercised: u64) -> Self {
        let findings = match status {
            Status::Fail | Status::Warn => vec![Finding {
                message: format!("{rule} was broken: `x-ms-date` is the same on both attempts"),
                evidence: vec!["d1".to_owned()],
            }],
            _ => vec![],
        };
        self.records.push(Record::Rule(RuleEntry {
            case: key(case),
            rule: rule.to_owned(),
            status,
            exercised,
            findings,
            baseline: None,
        }));
        self
    }

    pub fn shard(mut self, index: usize, of: usize, selected: usize) -> Self {
        self.header.shard = Some(Shard { index, of });
        self.header.selected = selected;
        self
    }

    pub fn write(&self) -> Vec<u8> {
        let mut journal = Journal::begin(Vec::new(), self.header.clone()).expect("a header");
        for record in &self.records {
            journal.append(record).expect("a record");
        }
        let exit = self.exit;
        let ending = Ending { exit, duration_us: 1_234_567, ..Ending::default() };
        journal.finish(ending).expect("a footer")
    }

    pub fn save(&self, folder: &std::path::Path, name: &str) -> std::path::PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, self.write()).expect("a file");
        path
    }
}

fn place(area: &str, slug: &str, line: usize) -> PlaceEntry {
    PlaceEntry { file: format!("scenarios/{area}/{slug}.yaml"), line, column: 15 }
}

pub fn exchange(digest: &str, at: i64, status: u16) -> ExchangeEntry {
    ExchangeEntry {
        digest: digest.to_owned(),
        observer: "emulator".to_owned(),
        operation: Some("rooms.create".to_owned()),
        request: RequestEntry {
            method: "POST".to_owned(),
            url: "https://localhost:4433/rooms?api-version=2025-03-13".to_owned(),
            protocol: "HTTP/1.1".to_owned(),
            headers: vec![
                (
                    "x-ms-client-request-id".to_owned(),
                    "5b1f6a1c-0000-4000-8000-000000000001".to_owned(),
                ),
                (
                    "authorization".to_owned(),
                    "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=***"
                        .to_owned(),
                ),
                ("content-type".to_owned(), "application/json".to_owned()),
            ],
            body: BodyEntry::of(
                br#"{"pstnDialOutEnabled":true,"participants":{"8:acs:x":{"role":"Presenter"}}}"#,
            ),
        },
        response: Some(ResponseEntry {
            status,
            headers: vec![("MS-CV".to_owned(), "abcdefghijklmnopqrstuv.0".to_owned())],
            body: BodyEntry::of(br#"{"id":"99400000000000001","pstnDialOutEnabled":true}"#),
        }),
        broken: None,
        started: instant(at),
        duration_us: 4_000,
        connection: Some(1),
        signature_form: Some("wire".to_owned()),
        refusal: None,
        fault: (status == 503).then(|| "status 503, Retry-After: 1".to_owned()),
        served_as: None,
        cleanup: false,
    }
}

fn step(key: &CaseKey, path: &str, retried: bool) -> StepEntry {
    let parts: Vec<&str> = key.name.split("::").collect();
    let at = if path == "0" { 1_000 } else { 20_000 };
    let mut exchanges = vec![exchange(&format!("d{path}"), at, 201)];
    if retried {
        exchanges.insert(0, exchange("d503", at - 900, 503));
    }
    StepEntry {
        case: key.clone(),
        path: path.to_owned(),
        id: Some("room".to_owned()),
        name: "Create a room".to_owned(),
        action: "rooms.create".to_owned(),
        place: place(parts[0], parts[1], 12),
        now: instant(at),
        state: StepState::Ran,
        outcome: Some(OutcomeEntry::Ok(json!({ "id": "99400000000000001", "tag": TOKEN_SHAPE }))),
        exchanges,
        variables: json!({ "room": { "id": "99400000000000001" } })
            .as_object()
            .cloned()
            .expect("a map"),
        printed: vec![String::new(), "Created a room with id:  99400000000000001".to_owned()],
        started: instant(at),
        duration_us: 6_000,
    }
}

fn verdict(key: &CaseKey, status: Status) -> CaseEntry {
    let parts: Vec<&str> = key.name.split("::").collect();
    let failed = FailedExpectation {
        step: Some("1".to_owned()),
        place: place(parts[0], parts[1], 17),
        path: "ok.pstnDialOutEnabled".to_owned(),
        expected: "false".to_owned(),
        actual: "true".to_owned(),
        message: "expected the boolean false, found true".to_owned(),
        source: "        expect: { ok: { pstnDialOutEnabled: false } } # <script>alert(1)</script>"
            .to_owned(),
    };
    let side = match status {
        Status::Warn => Status::Pass,
        other => other,
    };
    CaseEntry {
        case: key.clone(),
        status,
        interface: side,
        wire: if status == Status::Warn { Status::Warn } else { Status::Pass },
        reason: status.is_grey().then(|| "needs the feature retry-config".to_owned()),
        failures: if status == Status::Fail { vec![failed] } else { vec![] },
        snapshot: if status == Status::Fail {
            SnapshotEntry::Differs {
                file: "snapshots/a.snap".to_owned(),
                expected: "room:\n  id: <room:1>\n  pstnDialOutEnabled: false\n".to_owned(),
                actual: "room:\n  id: <room:1>\n  pstnDialOutEnabled: true\n".to_owned(),
            }
        } else {
            SnapshotEntry::Same
        },
        unconsumed: vec![],
        cleanup: vec![CleanupEntry {
            kind: "room".to_owned(),
            id: "99400000000000001".to_owned(),
            result: if status == Status::Leaked {
                CleanupState::Leaked
            } else {
                CleanupState::Deleted
            },
            why: (status == Status::Leaked).then(|| "DELETE answered 503".to_owned()),
            exchanges: vec![ExchangeEntry { cleanup: true, ..exchange("dc", 30_000, 204) }],
        }],
        baseline: None,
        remarks: vec![],
        printed: vec![],
        exit: u8::from(status.is_red()),
        rerun: format!(
            "acs-conformance run scenarios/{}/{}.yaml --api-version {}",
            parts[0], parts[1], parts[2]
        ),
        started: instant(0),
        duration_us: 40_000,
    }
}

/// A run with one of everything.
pub fn everything(implementation: Implementation) -> Sample {
    let pass = "rooms::create-with-defaults::2025-03-13";
    Sample::new(implementation)
        .case(pass, Status::Pass)
        .case("rooms::fails-here::2025-03-13", Status::Fail)
        .case("faults::retries::2025-03-13", Status::Warn)
        .case("faults::needs-a-feature::2025-03-13", Status::NotApplicable)
        .case("identity::leaks::2023-10-01", Status::Leaked)
        .rule(pass, "AUTH-1", Status::Pass, 12)
        .rule(pass, "VER-1", Status::Pass, 12)
        .rule(pass, "PAG-7", Status::NotExercised, 0)
        .rule("faults::retries::2025-03-13", "AUTH-3", Status::Fail, 2)
        .rule("faults::retries::2025-03-13", "RET-2", Status::Warn, 1)
        .rule("faults::retries::2025-03-13", "RET-8", Status::Info, 1)
}
