//! The state file: kept over restarts, never torn, never overwritten when it is not ours.

use std::fs;
use std::path::Path;

use acs_conformance::emulator::{Clock, Emulator, StartError, StateFileError};

use super::client::{Connection, create, list, rooms, signed_with, started};

#[tokio::test]
async fn a_restart_finds_rooms_and_keys_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let first = started(Emulator::builder().state_file(&path)).await;
    let key = first.primary_key().clone();
    let mut connection = Connection::open(&first).await;
    let room = connection.call(&create(&first)).await.json();
    let before = first.state();
    first.stop().await;
    let second = started(Emulator::builder().state_file(&path)).await;
    assert_eq!(second.state()["rooms"], before["rooms"]);
    let resource = &second.resources()[0];
    let mut connection = Connection::open(&second).await;
    let target = format!("/rooms/{}?api-version=2025-03-13", room["id"].as_str().unwrap());
    let found = connection.call(&signed_with(resource, &key, "GET", &target, "")).await;
    assert_eq!(found.json(), room);
    let another = connection.call(&create(&second)).await.json();
    assert_ne!(another["id"], room["id"]);
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["state.json", "state.json.lock"]);
}

#[tokio::test]
async fn a_change_is_in_the_file_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let emulator = started(Emulator::builder().state_file(&path)).await;
    let mut connection = Connection::open(&emulator).await;
    for _ in 0..20 {
        let room = connection.call(&create(&emulator)).await.json();
        let id = room["id"].as_str().unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains(id));
    }
}

async fn refused(path: &Path, content: &[u8], resources: usize) -> String {
    fs::write(path, content).unwrap();
    let error = Emulator::builder()
        .state_file(path)
        .resources(resources)
        .start()
        .await
        .expect_err("a file that cannot be used");
    assert!(matches!(error, StartError::State(_)), "{error}");
    assert_eq!(fs::read(path).unwrap(), content, "the file was touched");
    error.to_string()
}

#[tokio::test]
async fn a_torn_or_foreign_file_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let emulator = started(Emulator::builder().state_file(&path)).await;
    Connection::open(&emulator).await.call(&create(&emulator)).await;
    emulator.stop().await;
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 3] {
        let message = refused(&path, &whole[..length], 1).await;
        assert!(message.contains("left untouched"), "{length}: {message}");
        assert!(length < 100 || message.contains("is torn"), "{length}: {message}");
    }
    let changed = String::from_utf8(whole.clone()).unwrap().replace("false", "true");
    assert!(refused(&path, changed.as_bytes(), 1).await.contains("changed by hand"));
    for foreign in [&b"\x00\x01"[..], b"[]", b"{\"format\":\"other\"}", b"name: value\n"] {
        let message = refused(&path, foreign, 1).await;
        assert!(message.contains("is no state file of this program"), "{message}");
    }
    let message = refused(&path, &whole, 2).await;
    assert!(message.contains("holds 1 resources, not 2"), "{message}");
}

#[tokio::test]
async fn a_state_file_has_one_emulator_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let link = folder.path().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let leftover = folder.path().join(".acs-conformance-state.json-abc123");
    fs::write(&leftover, "of a killed one").unwrap();
    let first = started(Emulator::builder().state_file(&path)).await;
    assert!(!leftover.exists());
    for other in [&path, &link] {
        let error = Emulator::builder().state_file(other).start().await.unwrap_err();
        assert!(matches!(error, StartError::State(StateFileError::InUse { .. })), "{error}");
    }
    drop(first);
    let second = started(Emulator::builder().state_file(&link)).await;
    Connection::open(&second).await.call(&create(&second)).await;
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("createdAt"));
}

#[tokio::test]
async fn a_state_at_the_end_of_time_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (first, last) = Clock::range().into_inner();
    for (at, rooms) in [(last, 1), (first, 2)] {
        let builder = Emulator::builder().state_file(&path).clock(Clock::standing(at));
        let emulator = started(builder).await;
        assert_eq!(Connection::open(&emulator).await.call(&create(&emulator)).await.status, 201);
        assert_eq!(emulator.state()["rooms"].as_array().unwrap().len(), rooms);
        emulator.stop().await;
    }
    started(Emulator::builder().state_file(&path)).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_found_out_at_the_start() {
    let error = Emulator::builder().state_file("/nowhere/state.json").start().await.unwrap_err();
    assert!(error.to_string().contains("cannot write the state file"), "{error}");
}

#[tokio::test]
async fn many_clients_share_the_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let emulator = std::sync::Arc::new(started(Emulator::builder().state_file(&path)).await);
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let emulator = std::sync::Arc::clone(&emulator);
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(&emulator).await;
            for _ in 0..5 {
                assert_eq!(connection.call(&create(&emulator)).await.status, 201);
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("createdAt").count(), 80);
    let page = Connection::open(&emulator).await.call(&list(&emulator)).await.json();
    assert_eq!(page["value"].as_array().unwrap().len(), 30);
    assert_eq!(rooms(&emulator).await, 30);
}
