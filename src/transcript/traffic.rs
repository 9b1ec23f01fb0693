//! The transcript of a program that nobody told what to do: its traffic, and no steps of ours.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Map;

use super::{Disclosure, Ended, Exchange, StepRecord, StepStatus, TargetKind, Transcript};
use crate::acs::{ApiVersion, Service};
use crate::scenario::{EmulatorOptions, Lane, Place, Scenario, Source};

/// Traffic that was watched.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// What the program is called: its command.
    pub program: String,
    pub target: TargetKind,
    pub exchanges: Vec<Exchange>,
    pub started: DateTime<Utc>,
    pub duration: Duration,
}

impl Traffic {
    /// As one step without expectations, so that the passive rules can judge it.
    pub fn into_transcript(self) -> Transcript {
        let source = Arc::new(Source { path: PathBuf::from("traffic"), text: String::new() });
        let place = Place::start_of(&source);
        let api_version = self.version();
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
            asked: Vec::new(),
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
        behaviours: Vec::new(),
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
