//! Faults as a client meets them.

use std::time::{Duration, Instant};

use acs_conformance::emulator::Emulator;
use serde_json::json;

use super::client::{Connection, create, list, rooms, started};
use super::front_end::schedule;

#[tokio::test]
async fn a_status_comes_with_its_headers_and_the_services_error_shape() {
    let emulator = started(Emulator::builder().journal(true)).await;
    schedule(
        &emulator,
        json!({"status": 429, "headers": {"Retry-After": "2", "retry-after-ms": 5}}),
    );
    let mut connection = Connection::open(&emulator).await;
    let reply = connection.call(&create(&emulator)).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("2")));
    assert_eq!(reply.header("retry-after-ms"), Some("5"));
    assert_eq!(reply.json()["error"]["code"], "TooManyRequests");
    assert_eq!(connection.call(&create(&emulator)).await.status, 201);
    let seen = emulator.take_exchanges();
    assert_eq!(seen[0].attempt.fault.as_deref(), Some("answer 429"));
    assert_eq!(seen[0].attempt.signature_form.as_deref(), Some("wire"));
    assert!(emulator.faults().unconsumed().is_empty());
    assert_eq!(rooms(&emulator).await, 1);
}

#[tokio::test]
async fn a_scripted_answer_is_sent_as_written() {
    let emulator = started(Emulator::builder()).await;
    schedule(
        &emulator,
        json!({"respond": {"status": 202, "headers": {"X-Odd": ["a", "b"]}, "json": {"next": "{endpoint}/rooms"}}}),
    );
    schedule(&emulator, json!({"respond": {"text": "<html>"}}));
    schedule(&emulator, json!({"respond": {"status": 200}}));
    let mut connection = Connection::open(&emulator).await;
    let json = connection.call(&list(&emulator)).await;
    assert_eq!(json.json()["next"], format!("{}/rooms", emulator.endpoint()));
    assert_eq!(json.head.matches("x-odd").count(), 2);
    assert_eq!(connection.call(&list(&emulator)).await.body, b"<html>");
    let empty = connection.call(&list(&emulator)).await;
    assert_eq!((empty.header("content-length"), empty.body.len()), (Some("0"), 0));
}

#[tokio::test]
async fn an_amended_answer_is_the_services_own_with_changes() {
    let emulator = started(Emulator::builder()).await;
    schedule(
        &emulator,
        json!({"amend": {"headers": {"ms-cv": null, "X-New": "1"}, "json": {"extra": {"a": 1}}}}),
    );
    let mut connection = Connection::open(&emulator).await;
    let reply = connection.call(&list(&emulator)).await;
    assert_eq!(reply.json(), json!({"value": [], "extra": {"a": 1}}));
    assert_eq!((reply.header("ms-cv"), reply.header("x-new")), (None, Some("1")));
    schedule(&emulator, json!({"amend": {"gzip": true}}));
    let packed = connection.call(&list(&emulator)).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(&packed.body[..2], b"\x1f\x8b");
}

#[tokio::test]
async fn an_answer_is_packed_for_a_client_that_takes_it_alone() {
    let emulator = started(Emulator::builder()).await;
    let mut connection = Connection::open(&emulator).await;
    for (accepted, coding) in [
        ("identity", None),
        ("gzip;q=0, deflate", None),
        ("deflate, gzip", Some("gzip")),
        ("*", Some("gzip")),
    ] {
        schedule(&emulator, json!({"amend": {"gzip": true}}));
        let asked = String::from_utf8(list(&emulator)).unwrap();
        let line = format!("HTTP/1.1\r\nAccept-Encoding: {accepted}\r\n");
        let reply = connection.call(asked.replacen("HTTP/1.1\r\n", &line, 1).as_bytes()).await;
        assert_eq!((reply.status, reply.header("content-encoding")), (200, coding), "{accepted}");
    }
}

#[tokio::test]
async fn a_delay_comes_first() {
    let emulator = started(Emulator::builder()).await;
    schedule(&emulator, json!({"delay": "200ms"}));
    let mut connection = Connection::open(&emulator).await;
    let begun = Instant::now();
    assert_eq!(connection.call(&list(&emulator)).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_hanging_request_is_never_answered_and_its_connection_stays_open() {
    let emulator = started(Emulator::builder().journal(true)).await;
    schedule(&emulator, json!({"hang": true}));
    let mut connection = Connection::open(&emulator).await;
    connection.send(&list(&emulator)).await;
    let waited = tokio::time::timeout(Duration::from_millis(300), connection.receive()).await;
    assert!(waited.is_err(), "{waited:?}");
    let seen = emulator.take_exchanges().remove(0);
    assert_eq!(seen.broken.as_deref(), Some("never answered"));
    let begun = Instant::now();
    emulator.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_close_comes_before_or_after_the_answer_with_or_without_a_word_to_tls() {
    let emulator = started(Emulator::builder()).await;
    for (what, answered, told) in [
        (json!({"close": "before"}), false, true),
        (json!({"close": "before", "notify": false}), false, false),
        (json!({"close": "after"}), true, true),
        (json!({"close": "after", "notify": false}), true, false),
    ] {
        schedule(&emulator, what.clone());
        let mut connection = Connection::open(&emulator).await;
        connection.send(&create(&emulator)).await;
        let (bytes, ended) = connection.rest().await;
        assert_eq!(!bytes.is_empty(), answered, "{what}");
        assert_eq!(ended.is_ok(), told, "{what}: {ended:?}");
        if let Err(error) = ended {
            // Not a reset: TCP closed, and rustls tells that TLS was not.
            assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{what}");
        }
    }
    assert_eq!(rooms(&emulator).await, 2);
}

#[tokio::test]
async fn a_reset_is_a_tcp_reset() {
    let emulator = started(Emulator::builder()).await;
    for (what, count) in [(json!({"reset": "before"}), 0), (json!({"reset": "after"}), 1)] {
        schedule(&emulator, what);
        let mut connection = Connection::open(&emulator).await;
        connection.send(&create(&emulator)).await;
        let (bytes, ended) = connection.rest().await;
        assert!(bytes.is_empty());
        assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
        assert_eq!(rooms(&emulator).await, count);
    }
}

#[tokio::test]
async fn a_lost_answer_belongs_to_a_request_that_was_processed() {
    let emulator = started(Emulator::builder().journal(true)).await;
    for loss in ["close", "reset"] {
        schedule(&emulator, json!({"lost": loss}));
        let mut connection = Connection::open(&emulator).await;
        connection.send(&create(&emulator)).await;
        assert!(connection.rest().await.0.is_empty());
    }
    let seen = emulator.take_exchanges();
    assert!(seen.iter().all(|exchange| exchange.received.is_none()));
    assert!(seen[0].broken.as_deref().unwrap().starts_with("processed, and the answer lost"));
    assert_eq!(rooms(&emulator).await, 2);
}

#[tokio::test]
async fn a_cut_body_ends_where_it_was_told_to() {
    let emulator = started(Emulator::builder()).await;
    schedule(&emulator, json!({"cut": 10}));
    let mut connection = Connection::open(&emulator).await;
    connection.send(&create(&emulator)).await;
    let (bytes, ended) = connection.rest().await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201 "));
    let (_, data) = body.split_once("\r\n").unwrap();
    assert_eq!(data.len(), 10);
    assert!(ended.is_err());
}

#[tokio::test]
async fn a_request_can_be_cut_off_while_it_is_sent() {
    let emulator = started(Emulator::builder()).await;
    schedule(&emulator, json!({"cut_request": 1}));
    let mut connection = Connection::open(&emulator).await;
    let request = create(&emulator);
    connection.send(&request[..request.len() - 1]).await;
    let (_, ended) = connection.rest().await;
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(rooms(&emulator).await, 0);
}

#[tokio::test]
async fn slow_bytes_come_at_their_rate() {
    let emulator = started(Emulator::builder()).await;
    let mut connection = Connection::open(&emulator).await;
    schedule(&emulator, json!({"slow": 50}));
    let begun = Instant::now();
    // {"value":[]} is 12 bytes.
    assert_eq!(connection.call(&list(&emulator)).await.body, br#"{"value":[]}"#);
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(150) && took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn garbage_is_no_http_or_no_json() {
    let emulator = started(Emulator::builder()).await;
    schedule(&emulator, json!({"garbage": "response"}));
    let mut connection = Connection::open(&emulator).await;
    connection.send(&list(&emulator)).await;
    let (bytes, _) = connection.rest().await;
    assert!(!bytes.is_empty() && !bytes.starts_with(b"HTTP"));
    schedule(&emulator, json!({"garbage": "body"}));
    let mut connection = Connection::open(&emulator).await;
    let reply = connection.call(&list(&emulator)).await;
    assert_eq!(reply.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
}

#[tokio::test]
async fn a_wrong_length_is_stated_as_told() {
    let emulator = started(Emulator::builder()).await;
    for (by, stated) in [(5, "17"), (-5, "7")] {
        schedule(&emulator, json!({ "wrong_length": by }));
        let mut connection = Connection::open(&emulator).await;
        connection.send(&list(&emulator)).await;
        let text = String::from_utf8(connection.rest().await.0).unwrap();
        assert!(text.contains(&format!("content-length: {stated}\r\n")), "{text}");
        assert!(text.ends_with(r#"{"value":[]}"#), "{text}");
    }
}

#[tokio::test]
async fn a_fault_of_connections_meets_the_next_one_and_closes_those_kept_alive() {
    let emulator = started(Emulator::builder()).await;
    for what in [
        json!({"refuse": true}),
        json!({"tls_failure": "alert"}),
        json!({"tls_failure": "untrusted"}),
        json!({"tls_failure": "wrong_name"}),
    ] {
        let mut kept = Connection::open(&emulator).await;
        assert_eq!(kept.call(&list(&emulator)).await.status, 200);
        schedule(&emulator, what.clone());
        assert!(kept.rest().await.0.is_empty(), "{what}");
        let failed = Connection::try_open(emulator.endpoint(), emulator.ca_pem()).await;
        assert!(failed.is_err(), "{what}");
        assert!(emulator.faults().unconsumed().is_empty());
        assert_eq!(rooms(&emulator).await, 0);
    }
}

#[tokio::test]
async fn faults_on_http_2_break_the_stream_or_the_connection() {
    let emulator = started(Emulator::builder()).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap()])
        .retry(reqwest::retry::never())
        .build()
        .unwrap();
    let get = || {
        let request = client.get(format!("{}{}", emulator.endpoint(), super::client::ROOMS));
        request.bearer_auth(emulator.bearer_token().expose()).send()
    };
    for what in [
        json!({"cut": 3}),
        json!({"wrong_length": 5}),
        json!({"reset": "before"}),
        json!({"close": "before"}),
        json!({"garbage": "response"}),
        json!({"lost": "close"}),
    ] {
        schedule(&emulator, what.clone());
        let whole = match get().await {
            Ok(answer) => answer.bytes().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(whole.is_err(), "{what}");
        assert_eq!(get().await.unwrap().status().as_u16(), 200, "after {what}");
    }
    schedule(&emulator, json!({"close": "after"}));
    assert_eq!(get().await.unwrap().bytes().await.unwrap(), r#"{"value":[]}"#);
    schedule(&emulator, json!({"slow": 100}));
    assert_eq!(get().await.unwrap().bytes().await.unwrap(), r#"{"value":[]}"#);
}
