//! An adapter that misbehaves on request: the request is the room id of `rooms.get`.
//!
//! Any other room id is answered with 404, as a well-behaved SDK would after asking the service.

use std::io::{BufRead, Write};
use std::process::{ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

/// The argument that turns the test program into this adapter.
pub const WORD: &str = "hostile-adapter";

pub fn speak() -> ExitCode {
    let mut hangs_on_goodbye = false;
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let message: Value = serde_json::from_str(&line).expect("the harness speaks JSON");
        match message["type"].as_str() {
            Some("hello") => say(&hello()),
            Some("call") => hangs_on_goodbye |= call(&message),
            Some("bye") if hangs_on_goodbye => forever(),
            Some("bye") => return ExitCode::SUCCESS,
            _ => {}
        }
    }
    ExitCode::SUCCESS
}

fn hello() -> Value {
    json!({"type": "hello", "protocol": 1, "os": "any",
        "sdk": {"name": "hostile", "version": "1.0.0", "language": "rust"},
        "runtime": {"name": "none", "version": "0"},
        "apiVersions": {"rooms": ["2025-03-13"], "identity": ["2023-10-01"]},
        "features": ["op:rooms.get"]})
}

/// Answers a call; tells whether the adapter is to hang on goodbye.
fn call(message: &Value) -> bool {
    let id = message["id"].clone();
    if message["op"] != "rooms.get" {
        let unsupported = json!({"feature": "op:any", "reason": "unknown"});
        say(&json!({"type": "result", "id": id, "outcome": {"unsupported": unsupported}}));
        return false;
    }
    let good = result(&id);
    match message["args"]["room_id"].as_str().unwrap_or_default() {
        "crash" => {
            eprintln!("these are my last words");
            std::process::abort();
        }
        "hang" => forever(),
        "hang-on-goodbye" => {
            say(&good);
            return true;
        }
        "first-fails" => say(&first_fails(&id)),
        "split-lines" => split(&good),
        "noise" => {
            println!("the SDK prints to standard output\n@ almost a mark\n{{\"type\":\"result\"}}");
            say(&good);
        }
        "wrong-id" => say(&result(&json!("somebody-else"))),
        "two-results" => {
            say(&good);
            say(&good);
        }
        "late-result" => {
            std::thread::sleep(Duration::from_secs(3));
            say(&good);
        }
        "invalid-json" => println!("@@{{\"type\": \"result\", "),
        "long-line" => println!("@@{}", "x".repeat(2 * 1024 * 1024)),
        "flood" => loop {
            say(&json!({"type": "log", "level": "debug", "text": "x".repeat(1000)}));
        },
        "deaf" => {
            ignore_sigterm();
            forever();
        }
        "open-stdout" => {
            leave_a_child();
            std::process::exit(7);
        }
        "chatty-child" => {
            leave_a_chatty_child();
            std::process::exit(7);
        }
        "excuse" => {
            let unsupported = json!({"feature": "my-own-excuse", "reason": "not today"});
            say(&json!({"type": "result", "id": id, "outcome": {"unsupported": unsupported}}));
        }
        "refuse" => {
            let unsupported = json!({"feature": "op:rooms.get", "reason": "not today"});
            say(&json!({"type": "result", "id": id, "outcome": {"unsupported": unsupported}}));
        }
        _ => say(&good),
    }
    false
}

fn result(id: &Value) -> Value {
    let native = json!({"type": "HttpError", "text": "404"});
    let error = json!({"kind": "http", "status": 404, "code": "NotFound", "message": "no such room",
        "native": native});
    json!({"type": "result", "id": id, "outcome": {"error": error}})
}

fn say(message: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "@@{message}").and_then(|()| out.flush()).expect("the harness listens");
}

/// The same line, byte after byte.
fn split(message: &Value) {
    let mut out = std::io::stdout().lock();
    for byte in format!("@@{message}\n").bytes() {
        out.write_all(&[byte]).and_then(|()| out.flush()).expect("the harness listens");
    }
}

/// Another status for the first such call of the process.
fn first_fails(id: &Value) -> Value {
    static BEFORE: AtomicBool = AtomicBool::new(false);
    let mut result = result(id);
    if !BEFORE.swap(true, Ordering::Relaxed) {
        result["outcome"]["error"]["status"] = json!(500);
    }
    result
}

fn forever() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[cfg(unix)]
fn ignore_sigterm() {
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe {
        libc::signal(libc::SIGTERM, libc::SIG_IGN);
    }
}

#[cfg(not(unix))]
fn ignore_sigterm() {}

/// A child that goes on printing, so that the output is never still.
#[expect(clippy::zombie_processes, reason = "to leave it behind is what is tested")]
fn leave_a_chatty_child() {
    let script = "while :; do echo beat; sleep 0.05; done";
    let child = std::process::Command::new("sh").args(["-c", script]).stdin(Stdio::null()).spawn();
    child.expect("sh can be started");
}

/// A child that keeps our standard output open long after our end.
#[expect(clippy::zombie_processes, reason = "to leave it behind is what is tested")]
fn leave_a_child() {
    let child = std::process::Command::new("sleep").arg("100").stdin(Stdio::null()).spawn();
    child.expect("sleep can be started");
}
