//! An SDK with nothing around it: a program that makes a room, gets it many times, and prints the
//! seconds that this took.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use acs_conformance::acs::Operation;
use acs_conformance::emulator::TrustFiles;
use acs_conformance::reference::{Call, CallOptions, Client, ClientOptions, Mutant, Opening};
use acs_conformance::sdk::{Cell, Language};
use acs_conformance::target::Embedded;
use serde_json::json;

use super::CALLS;

/// The argument that turns the benchmark into the program of the reference client.
pub const WORD: &str = "reference-client-alone";

/// A program to start for each measurement.
pub struct Alone {
    program: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Alone {
    pub fn reference(trust: &TrustFiles) -> Self {
        let program = std::env::current_exe().expect("this program").display().to_string();
        Self { program, arguments: vec![WORD.to_owned()], environment: trusting(trust) }
    }

    pub fn official(cell: &Cell, sdks: &Path, trust: &TrustFiles) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/adapter");
        let script = |name: &str| scripts.join(name).display().to_string();
        let (program, script) = match cell.language {
            Language::Python => {
                let environment = format!("{}-{}", cell.version, cell.runtime);
                let python = sdks.join("python").join(environment).join("bin/python");
                (python.display().to_string(), script("alone.py"))
            }
            Language::Javascript => ("node".to_owned(), script("alone.mjs")),
        };
        let mut environment = trusting(trust);
        environment.extend(cell.environment.iter().cloned());
        Self { program, arguments: vec![script, CALLS.to_string()], environment }
    }

    /// The time of the calls alone, as the program itself measured it.
    pub async fn measure(&self, embedded: &Embedded) -> Duration {
        let world = embedded.open(&Default::default(), None).await.expect("a world");
        let access = world.access().remove(0);
        let connection =
            format!("endpoint={}/;accesskey={}", access.endpoint, access.primary.expose());
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.environment.iter().cloned());
        command.env("ACS_CONNECTION_STRING", connection);
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs"));
        let output = output.await.expect("it ended");
        world.close().await;
        let said = String::from_utf8_lossy(&output.stdout);
        match said.trim().parse() {
            Ok(seconds) => Duration::from_secs_f64(seconds),
            Err(_) => panic!("{said}{}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

fn trusting(trust: &TrustFiles) -> Vec<(String, String)> {
    let named = |(name, path): &(&str, std::path::PathBuf)| {
        ((*name).to_owned(), path.display().to_string())
    };
    let mut environment: Vec<_> = trust.variables().iter().map(named).collect();
    environment.push(("ACS_CA_BUNDLE".to_owned(), trust.ca_file().display().to_string()));
    environment
}

/// The program of the reference client.
pub fn reference_client() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let took = runtime.block_on(async {
        let text = |name: &str| std::env::var(name).expect("it is set");
        let trusted = std::fs::read_to_string(text("ACS_CA_BUNDLE")).expect("it is there");
        let opening = Opening::ConnectionString(text("ACS_CONNECTION_STRING"));
        let options = ClientOptions::default();
        let client = Client::open(&opening, &trusted, options, Mutant::NONE).expect("a client");
        let call = |operation, arguments: serde_json::Value| Call {
            operation,
            arguments: arguments.as_object().cloned().unwrap_or_default(),
            options: CallOptions::default(),
        };
        let made = client.call(&call(Operation::CreateRoom, json!({}))).await;
        let room = made.value.expect("a room")["id"].clone();
        let get = call(Operation::GetRoom, json!({ "room_id": room }));
        let began = Instant::now();
        for _ in 0..CALLS {
            client.call(&get).await.value.expect("the room");
        }
        began.elapsed()
    });
    let _ = writeln!(std::io::stdout(), "{}", took.as_secs_f64());
}
