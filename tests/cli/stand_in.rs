//! An emulator that plays the live resource, for tests of the command line.

use std::path::Path;
use std::time::{Duration, Instant};

use acs_conformance::emulator::{Emulator, faults};
use tempfile::TempDir;

/// An emulator with what a child needs to reach it.
pub struct StandIn {
    runtime: tokio::runtime::Runtime,
    emulator: Emulator,
    folder: TempDir,
    connection_string: String,
}

impl StandIn {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let emulator = runtime.block_on(Emulator::builder().start()).expect("an emulator");
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), emulator.ca_pem()).expect("written");
        let connection_string = emulator.connection_string().expose().to_owned();
        Self { runtime, emulator, folder, connection_string }
    }

    pub fn connection_string(&self) -> &str {
        &self.connection_string
    }

    pub fn key(&self) -> &str {
        self.emulator.primary_key().text().expose()
    }

    pub fn ledger(&self) -> &Path {
        self.folder.path()
    }

    pub fn arguments(&self) -> Vec<String> {
        let ca = self.folder.path().join("ca.pem");
        ["--target", "live", "--ca-file", ca.to_str().expect("text")].map(str::to_owned).to_vec()
    }

    pub fn prepare(&self, command: &mut std::process::Command) {
        command
            .args(self.arguments())
            .env("ACS_CONNECTION_STRING", self.connection_string())
            .env("ACS_LEDGER_DIR", self.ledger());
    }

    pub fn fault(&self, operation: &str, times: u32, what: &str) {
        let what = serde_json::from_str(what).expect("JSON");
        let kind = faults::parse(&what).expect("a fault");
        self.emulator.faults().schedule(operation.parse().expect("an operation"), times, kind);
    }

    pub fn rooms(&self) -> usize {
        let state = self.emulator.state();
        state["rooms"].as_array().map_or(0, Vec::len)
    }

    pub fn wait_for_a_room(&self) {
        let _guard = self.runtime.enter();
        let clock = Instant::now();
        while self.rooms() == 0 {
            assert!(clock.elapsed() < Duration::from_secs(20), "no room was created");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
