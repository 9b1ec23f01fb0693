//! The transcript of a program that nobody told what to do: its traffic, and no steps of ours.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Disclosure, Ended, Exchange, StepRecord, StepStatus, TargetKind, Transcript};
use crate::acs::{ApiVersion, Mask, Service};
use crate::scenario::{EmulatorOptions, Lane, Place, Scenario, Source};

/// Traffic that was watched.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// What the program is called: its command.
    pub program: String,
    pub target: TargetKind,
    pub exchanges: Vec<Exchange>,
    /// Finds the keys that the program was given.
    pub keys: Arc<Mask>,
    pub started: DateTime<Utc>,
    pub duration: Duration,
}

impl Traffic {
    /// As one step without expectations, so that the passive rules can judge it.
    pub fn into_transcript(self) -> Transcript {
        let source = Arc::new(Source { path: PathBuf::from("traffic"), text: String::new() });
        let place = Place::start_of(&source);
        let api_version = self.version();
        let asked = listed_anew(&self.exchanges);
        let step = StepRecord {
            path: "1".to_owned(),
            id: None,
            name: self.program.clone(),
            action: self.program.clone(),
            place,
            now: self.started,
            status: StepStatus::Ran,
            call: None,
            raw: false,
            disclosed: Disclosure::default(),
            outcome: None,
            exchanges: self.exchanges,
            asked,
            expectations: Vec::new(),
            unasserted: Some("nobody told the program what to do".to_owned()),
            note: None,
            state: None,
            variables: Map::new(),
            printed: Vec::new(),
            started: self.started,
            duration: self.duration,
        };
        Transcript {
            scenario: Arc::new(scenario(source, &self.program, &api_version, self.target)),
            api_version,
            driver: self.program,
            target: self.target,
            repetition: 1,
            started: self.started,
            duration: self.duration,
            printed: Vec::new(),
            steps: vec![step],
            cleanup: Vec::new(),
            unconsumed: Vec::new(),
            state: None,
            expectations: Vec::new(),
            keys: self.keys,
            ended: Ended::Completed,
        }
    }

    /// The version that the program uses for rooms, else the usual one.
    fn version(&self) -> ApiVersion {
        self.exchanges
            .iter()
            .filter(|exchange| exchange.sent.path().starts_with("/rooms"))
            .find_map(|exchange| {
                let mut pairs = exchange.sent.query().split('&');
                pairs.find_map(|pair| pair.strip_prefix("api-version="))
            })
            .map_or_else(|| Service::Rooms.default_version(), ApiVersion::new)
    }
}

/// Requests that follow a page with a `nextLink` and are for something else: a program need not
/// read a list to its end.
fn listed_anew(exchanges: &[Exchange]) -> Vec<usize> {
    let pairs = exchanges.iter().zip(exchanges.iter().skip(1)).enumerate();
    pairs
        .filter(|(_, (page, next))| {
            link_path(page).is_some_and(|path| {
                path != next.sent.path() || page.sent.target == next.sent.target
            })
        })
        .map(|(index, _)| index + 1)
        .collect()
}

/// The path of an answer's `nextLink`.
fn link_path(page: &Exchange) -> Option<String> {
    let body: Value = serde_json::from_slice(&page.received.as_ref()?.body).ok()?;
    let link = body.get("nextLink")?.as_str()?;
    let link = link
        .split_once("://")
        .map_or(link, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
    link.split('?').next().map(str::to_owned)
}

fn scenario(
    source: Arc<Source>,
    program: &str,
    version: &ApiVersion,
    target: TargetKind,
) -> Scenario {
    Scenario {
        source,
        area: "traffic".to_owned(),
        slug: "traffic".to_owned(),
        name: program.to_owned(),
        about: None,
        evidence: Vec::new(),
        service: Service::Rooms,
        api_versions: vec![version.clone()],
        tags: Vec::new(),
        targets: vec![target],
        requires: Vec::new(),
        rules: Vec::new(),
        lane: Lane::Fast,
        timeout: Duration::ZERO,
        env: Vec::new(),
        vars: Vec::new(),
        emulator: EmulatorOptions::default(),
        faults: Vec::new(),
        deviations: Vec::new(),
        print: None,
        steps: Vec::new(),
        state: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Attempt, Headers, Observer, Received, Sent};
    use bytes::Bytes;

    fn get(target: &str, answer: &'static str) -> Exchange {
        Exchange {
            observer: Observer::Tap,
            sent: Sent {
                method: "GET".to_owned(),
                scheme: "https".to_owned(),
                authority: "localhost".to_owned(),
                target: target.to_owned(),
                protocol: "HTTP/1.1".to_owned(),
                headers: Headers::default(),
                body: Bytes::new(),
            },
            received: Some(Received {
                status: 200,
                headers: Headers::default(),
                body: Bytes::from_static(answer.as_bytes()),
            }),
            broken: None,
            started: Utc::now(),
            duration: Duration::ZERO,
            attempt: Attempt::default(),
        }
    }

    #[test]
    fn a_list_that_is_not_read_to_its_end_is_no_page_wrongly_followed() {
        const PAGE: &str = r#"{"value":[],"nextLink":"https://localhost/rooms?nextLink=a"}"#;
        let exchanges = [
            get("/rooms?api-version=v", PAGE),
            get("/rooms?api-version=v", PAGE),
            get("/rooms?nextLink=a", PAGE),
            get("/rooms/1?api-version=v", "{}"),
        ];
        assert_eq!(listed_anew(&exchanges), [1, 3]);
    }
}
