//! The same calls by the harness: through the adapter alone, and in a case of a run.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acs_conformance::acs::{ApiVersion, Operation, Service};
use acs_conformance::driver::adapter::{AdapterDriver, Limits, Pool};
use acs_conformance::driver::{DriverKind, Invocation};
use acs_conformance::judge::{JudgeOptions, SnapshotMode, judge};
use acs_conformance::plan::Case;
use acs_conformance::run::{CaseOptions, run_case};
use acs_conformance::scenario::load_text;
use acs_conformance::target::Embedded;
use acs_conformance::transcript::Outcome;
use serde_json::json;

use super::{CALLS, Contestant};

fn pool(contestant: &Contestant) -> Arc<Pool> {
    Arc::new(Pool::new(contestant.adapter.clone(), Limits::default()))
}

/// Calls through the adapter: messages out and in, and nothing judged.
pub async fn through_adapter(contestant: &Contestant, embedded: &Embedded) -> Duration {
    let world = embedded.open(&Default::default(), None).await.expect("a world");
    let mut driver = AdapterDriver::start(pool(contestant)).await.expect("an adapter");
    driver.begin("bench", world.access(), world.ca_file.clone()).await.expect("it begins");
    let invocation = |operation, arguments: serde_json::Value| Invocation {
        operation,
        arguments: arguments.as_object().cloned().unwrap_or_default(),
        api_version: Service::Rooms.default_version(),
        resource: 1,
        options: None,
        limit: Duration::from_secs(30),
    };
    let room = made(driver.perform(&invocation(Operation::CreateRoom, json!({}))).await.outcome);
    let get = invocation(Operation::GetRoom, json!({ "room_id": room["id"] }));
    let began = Instant::now();
    for _ in 0..CALLS {
        made(driver.perform(&get).await.outcome);
    }
    let took = began.elapsed();
    driver.end().await;
    driver.stop().await;
    world.close().await;
    took
}

fn made(outcome: Outcome) -> serde_json::Value {
    match outcome {
        Outcome::Ok(value) => value,
        other => panic!("the call came to {other:?}"),
    }
}

/// A case of as many calls: steps, expectations, exchanges written down, all rules judged.
pub async fn in_a_run(contestant: &Contestant, embedded: &Embedded) -> Duration {
    let case = case();
    let mut world = embedded.open(&Default::default(), None).await.expect("a world");
    let mut driver = DriverKind::Adapter(pool(contestant)).start().await.expect("an adapter");
    let options = CaseOptions::default();
    let began = Instant::now();
    let transcript = run_case(&case, &mut world, &mut driver, &options, &mut |_| {}).await;
    let options = JudgeOptions { snapshots: SnapshotMode::Off, ..JudgeOptions::default() };
    let verdict = judge(&transcript, &options);
    let took = began.elapsed();
    assert_eq!(verdict.steps.len(), transcript.steps.len());
    let gets = transcript.steps.iter().flat_map(|step| &step.exchanges);
    assert!(gets.count() > CALLS, "all calls were made: {:?}", transcript.ended);
    driver.stop().await;
    world.close().await;
    took
}

fn case() -> Case {
    let head = "name: Many calls\nevidence: { assumed: a benchmark }\ntimeout: 5m\n\
                api-versions: [\"2025-03-13\"]\nsteps:\n  \
                - call: { id: room, op: rooms.create, expect: { ok: {} } }\n";
    let get = "  - call: { op: rooms.get, with: { room_id: \"${room.id}\" }, \
               expect: { ok: { id: \"${room.id}\" } } }\n";
    let text = format!("{head}{}", get.repeat(CALLS));
    let loaded = load_text(Path::new("scenarios/bench.yaml"), &text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let scenario = loaded.scenarios.into_iter().next().expect("one scenario");
    Case { scenario, api_version: ApiVersion::new("2025-03-13"), repetition: 1 }
}
