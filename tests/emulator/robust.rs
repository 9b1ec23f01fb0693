//! Any bytes: no panic, no hang, and whoever else is served notices nothing.
//!
//! The fuzz targets under `fuzz/` look longer; these run with every `cargo test`.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::AsyncWriteExt as _;

use acs_conformance::emulator::Emulator;

use super::client::{Connection, list, started};

#[path = "../../fuzz/targets.rs"]
mod targets;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Bytes that are mostly text that somebody could mean.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words = select(vec![
        "GET",
        "POST",
        "PATCH",
        "DELETE",
        "\n",
        "\n",
        "/rooms",
        "/identities",
        "?api-version=",
        "2025-03-13",
        "2023-10-01",
        "&nextLink=",
        "/participants",
        "/:issueAccessToken",
        "content-type:application/json",
        "authorization:HMAC-SHA256 ",
        "Bearer ",
        "x-ms-date:",
        "SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "participants",
        "role",
        "validFrom",
        "2026-01-01T00:00:00Z",
        "%2F",
        "endpoint=",
        "https://",
        ";",
        "accesskey=",
        "c2VjcmV0",
        "steps:\n",
        "- call:",
        "  ",
        "name: ",
        "op: rooms.create",
        "expect:",
        "${",
        "now + 4w",
        "&a",
        "*a",
        "<<: ",
        "- ",
    ]);
    let piece = prop_oneof![
        4 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What a fuzz target does with its bytes.
type Target = fn(&[u8]);

fn hold(target: Target) {
    TestRunner::new(config(512))
        .run(&bytes(), |data| {
            target(&data);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_request_is_answered() {
    hold(targets::request);
}

#[test]
fn any_token_is_refused_or_read() {
    hold(targets::token);
}

#[test]
fn any_connection_string_is_read_or_refused_without_its_key() {
    hold(targets::connection_string);
}

#[test]
fn any_scenario_file_is_a_scenario_or_diagnostics() {
    hold(targets::scenario_file);
}

#[test]
fn any_state_file_is_read_or_refused() {
    hold(targets::state_file);
}

#[test]
fn the_seeds_that_fuzzing_begins_with_hold() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let all: [(&str, Target); 5] = [
        ("request", targets::request),
        ("token", targets::token),
        ("connection_string", targets::connection_string),
        ("scenario_file", targets::scenario_file),
        ("state_file", targets::state_file),
    ];
    for (name, target) in all {
        let files: Vec<_> = std::fs::read_dir(seeds.join(name)).unwrap().collect();
        assert!(files.len() > 3, "{name} has {} seeds", files.len());
        for file in files {
            let data = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!data.is_empty());
            target(&data);
        }
    }
}

#[test]
fn bytes_that_are_no_http_end_their_own_connection_only() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let emulator = runtime.block_on(started(Emulator::builder()));
    let other = tokio::sync::Mutex::new(runtime.block_on(Connection::open(&emulator)));
    TestRunner::new(config(64))
        .run(&bytes(), |data| {
            runtime.block_on(async {
                let mut connection = Connection::open(&emulator).await;
                let _ = connection.stream.write_all(&data).await;
                let _ = connection.stream.write_all(b"\r\n\r\n").await;
                let _ = connection.stream.shutdown().await;
                let _ = connection.rest().await;
                assert_eq!(other.lock().await.call(&list(&emulator)).await.status, 200);
            });
            Ok(())
        })
        .unwrap();
}
