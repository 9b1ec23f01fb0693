//! The front end: framing, limits, time-outs, many connections, stopping.

use std::time::{Duration, Instant};

use acs_conformance::acs::Operation;
use acs_conformance::emulator::{Emulator, Limits, RateLimit};
use chrono::{DateTime, TimeDelta};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::{Connection, ROOMS, address, create, list, signed, signed_with, started};

pub(super) fn impatient() -> Limits {
    let short = Duration::from_millis(300);
    Limits { handshake: short, idle: short, upload: short, ..Limits::default() }
}

#[tokio::test]
async fn json_is_chunked_and_the_connection_is_kept_alive() {
    let emulator = started(Emulator::builder().journal(true)).await;
    let mut connection = Connection::open(&emulator).await;
    let created = connection.call(&create(&emulator)).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("transfer-encoding"), Some("chunked"));
    assert_eq!(created.header("content-length"), None);
    let room = created.json()["id"].as_str().unwrap().to_owned();
    let target = format!("/rooms/{room}?api-version=2025-03-13");
    let resource = &emulator.resources()[0];
    let deleted = connection.call(&signed(resource, "DELETE", &target, "")).await;
    assert_eq!(deleted.status, 204);
    assert_eq!((deleted.header("content-length"), deleted.header("content-type")), (None, None));
    let numbers: Vec<_> =
        emulator.take_exchanges().iter().map(|exchange| exchange.attempt.connection).collect();
    assert_eq!(numbers, [Some(1), Some(1)]);
}

#[tokio::test]
async fn http_2_is_spoken_to_clients_that_offer_it() {
    let emulator = started(Emulator::builder().journal(true)).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap()])
        .build()
        .unwrap();
    let answer = client
        .get(format!("{}{ROOMS}", emulator.endpoint()))
        .bearer_auth(emulator.bearer_token().expose())
        .send()
        .await
        .unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    assert!(answer.headers().get("transfer-encoding").is_none());
    let seen = emulator.take_exchanges().remove(0);
    assert_eq!(seen.sent.protocol, "HTTP/2");
    assert_eq!(seen.sent.authority, emulator.resources()[0].authority());
    let head = client
        .head(format!("{}{ROOMS}", emulator.endpoint()))
        .bearer_auth(emulator.bearer_token().expose())
        .send()
        .await
        .unwrap();
    assert_eq!(head.status().as_u16(), 200);
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_framed_is_400_and_closes_that_connection_only() {
    let emulator = started(Emulator::builder()).await;
    let mut other = Connection::open(&emulator).await;
    assert_eq!(other.call(&list(&emulator)).await.status, 200);
    let broken: [&[u8]; 5] = [
        b"NONSENSE\r\n\r\n",
        b"GET /rooms HTTP/9.9\r\n\r\n",
        b"GET /ro\x00oms HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ];
    for request in broken {
        let mut connection = Connection::open(&emulator).await;
        connection.send(request).await;
        let (answer, _) = connection.rest().await;
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(text.starts_with("HTTP/1.1 400 "), "{request:?}: {text}");
    }
    assert_eq!(other.call(&list(&emulator)).await.status, 200);
}

#[tokio::test]
async fn what_is_framed_and_wrong_is_answered_and_the_next_request_served() {
    let emulator = started(Emulator::builder()).await;
    let resource = &emulator.resources()[0];
    let mut connection = Connection::open(&emulator).await;
    let cases = [
        (signed(resource, "POST", ROOMS, "{"), 400),
        (signed(resource, "GET", "/nowhere?api-version=2025-03-13", ""), 404),
        (signed(resource, "PUT", ROOMS, ""), 405),
        (signed(resource, "OPTIONS", ROOMS, ""), 204),
        (signed_with(resource, resource.secondary_key(), "GET", ROOMS, ""), 200),
        (format!("GET {ROOMS} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes(), 401),
        (list(&emulator), 200),
    ];
    for (request, status) in cases {
        let reply = connection.call(&request).await;
        assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&request));
    }
}

#[tokio::test]
async fn a_head_is_answered_without_a_body() {
    let emulator = started(Emulator::builder()).await;
    let mut connection = Connection::open(&emulator).await;
    connection.send(&signed(&emulator.resources()[0], "HEAD", ROOMS, "")).await;
    assert_eq!(connection.receive_head().await.unwrap().status, 200);
    // Bytes of a body would stand in front of this answer.
    assert_eq!(connection.call(&list(&emulator)).await.status, 200);
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_413() {
    let emulator = started(Emulator::builder()).await;
    let resource = &emulator.resources()[0];
    let body = |size: usize| format!("{{{}}}", " ".repeat(size - 2));
    let mut connection = Connection::open(&emulator).await;
    let fits = connection.call(&signed(resource, "POST", ROOMS, &body(1 << 20))).await;
    assert_eq!(fits.status, 201);
    let over = connection.call(&signed(resource, "POST", ROOMS, &body((1 << 20) + 1))).await;
    assert_eq!((over.status, over.header("connection")), (413, Some("close")));
    assert!(over.header("ms-cv").is_some());
}

#[tokio::test]
async fn an_announced_body_that_is_too_long_is_refused_before_it_is_sent() {
    let emulator = started(Emulator::builder()).await;
    let mut connection = Connection::open(&emulator).await;
    let head = "POST /rooms HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n";
    assert_eq!(connection.call(head.as_bytes()).await.status, 413);
}

#[tokio::test]
async fn continuation_urls_of_8_kib_pass_and_far_longer_ones_do_not() {
    let emulator = started(Emulator::builder()).await;
    let resource = &emulator.resources()[0];
    let target = |length: usize| format!("{ROOMS}&nextLink={}", "a".repeat(length));
    let mut connection = Connection::open(&emulator).await;
    let passes = connection.call(&signed(resource, "GET", &target(8 << 10), "")).await;
    assert_eq!((passes.status, &passes.json()["error"]["code"]), (400, &"BadRequest".into()));
    let refused = connection.call(&signed(resource, "GET", &target(20 << 10), "")).await;
    assert_eq!(refused.status, 414);
    let mut connection = Connection::open(&emulator).await;
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(100 << 10));
    // The answer may come before all is sent, and the connection is closed then.
    let _ = connection.stream.write_all(long.as_bytes()).await;
    let (answer, _) = connection.rest().await;
    assert!(answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn clients_that_never_finish_are_let_go() {
    let emulator = started(Emulator::builder().limits(impatient())).await;
    let begun = Instant::now();
    // No handshake at all.
    let mut silent = TcpStream::connect(address(emulator.endpoint())).await.unwrap();
    // A head that stops in the middle.
    let mut slow = Connection::open(&emulator).await;
    slow.send(b"GET /rooms HTTP/1.1\r\nHost: ").await;
    // A body that stops in the middle.
    let mut upload = Connection::open(&emulator).await;
    upload.send(b"POST /rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{").await;
    assert_eq!(upload.receive().await.unwrap().status, 408);
    // HTTP/2 whose preface never comes, or stops in the middle.
    let mut two = Connection::two(&emulator).await;
    let mut half = Connection::two(&emulator).await;
    half.send(b"PRI * HTTP/2").await;
    slow.rest().await.0.clear();
    two.rest().await.0.clear();
    half.rest().await.0.clear();
    assert_eq!(silent.read(&mut [0; 10]).await.unwrap(), 0);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_client_that_takes_no_bytes_of_its_answer_is_let_go() {
    let limits = Limits { download: Duration::from_millis(300), ..Limits::default() };
    let emulator = started(Emulator::builder().limits(limits)).await;
    // More than any socket holds.
    let long = "a".repeat(16 << 20);
    schedule(&emulator, serde_json::json!({ "respond": { "text": long } }));
    let mut connection = Connection::open(&emulator).await;
    connection.send(&list(&emulator)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (taken, _) = connection.rest().await;
    assert!(taken.len() < long.len(), "{} bytes came", taken.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_connections_are_served_at_once() {
    const MANY: usize = 2500;
    raise_file_limit();
    let emulator = started(Emulator::builder()).await;
    let mut connections = Vec::new();
    for _ in 0..MANY {
        connections.push(Connection::open(&emulator).await);
    }
    for connection in connections.iter_mut().step_by(100) {
        assert_eq!(connection.call(&list(&emulator)).await.status, 200);
    }
    assert_eq!(connections[MANY - 1].call(&create(&emulator)).await.status, 201);
}

fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls get a pointer to a value of the type that they expect.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
}

#[tokio::test]
async fn plain_http_is_told_to_use_https() {
    let emulator = started(Emulator::builder()).await;
    let mut plain = TcpStream::connect(address(emulator.endpoint())).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _ = plain.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
}

#[tokio::test]
async fn stopping_lets_a_request_finish_and_takes_no_new_connection() {
    let emulator = started(Emulator::builder()).await;
    let (endpoint, ca) = (emulator.endpoint().to_owned(), emulator.ca_pem().to_owned());
    schedule(&emulator, serde_json::json!({ "delay": "300ms" }));
    let mut connection = Connection::open(&emulator).await;
    connection.send(&list(&emulator)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopping = tokio::spawn(emulator.stop());
    assert_eq!(connection.receive().await.unwrap().status, 200);
    stopping.await.unwrap();
    assert!(Connection::try_open(&endpoint, &ca).await.is_err());
}

#[tokio::test]
async fn an_emulator_stops_when_it_is_dropped() {
    let emulator = started(Emulator::builder()).await;
    let (endpoint, ca) = (emulator.endpoint().to_owned(), emulator.ca_pem().to_owned());
    drop(emulator);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(Connection::try_open(&endpoint, &ca).await.is_err());
}

pub(super) fn schedule(emulator: &Emulator, what: serde_json::Value) {
    let kind = acs_conformance::emulator::faults::parse(&what).unwrap();
    emulator.faults().schedule(acs_conformance::emulator::faults::Target::Any, 1, kind);
}

#[tokio::test]
async fn the_journal_holds_requests_as_they_were_spelt_and_why_they_were_refused() {
    let emulator = started(Emulator::builder().journal(true)).await;
    let mut connection = Connection::open(&emulator).await;
    connection.call(&create(&emulator)).await;
    let odd =
        format!("GET {ROOMS} HTTP/1.1\r\nhOsT: somewhere\r\nX-Twice: a\r\nX-Twice: b\r\n\r\n");
    connection.call(odd.as_bytes()).await;
    let seen = emulator.take_exchanges();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].attempt.operation, Some(Operation::CreateRoom));
    assert_eq!(seen[0].attempt.signature_form.as_deref(), Some("wire"));
    assert_eq!(&seen[0].sent.body[..], b"{}");
    assert_eq!(seen[0].received.as_ref().unwrap().status, 201);
    let names: Vec<&str> = seen[1].sent.headers.0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["hOsT", "X-Twice", "X-Twice"]);
    assert_eq!(seen[1].attempt.refusal.as_deref(), Some("there is no Authorization header"));
    assert!(emulator.take_exchanges().is_empty());
}

#[tokio::test]
async fn requests_that_come_in_one_piece_are_all_answered_in_order() {
    let emulator = started(Emulator::builder()).await;
    let mut connection = Connection::open(&emulator).await;
    let all: Vec<u8> = [create(&emulator), create(&emulator), list(&emulator)].concat();
    connection.send(&all).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(connection.receive().await.unwrap().status);
    }
    assert_eq!(statuses, [201, 201, 200]);
}

#[tokio::test]
async fn resources_are_told_apart_by_their_endpoint() {
    let emulator = started(Emulator::builder().resources(2)).await;
    let [one, two] = [&emulator.resources()[0], &emulator.resources()[1]];
    let mut first = Connection::to(&emulator, one).await;
    let mut second = Connection::to(&emulator, two).await;
    let created =
        first.call(&signed(one, "POST", "/identities?api-version=2023-10-01", "{}")).await.json();
    let user = created["identity"]["id"].as_str().unwrap().to_owned();
    let target = format!("/identities/{user}?api-version=2023-10-01");
    let foreign = second.call(&signed(two, "DELETE", &target, "")).await;
    assert_eq!(
        (foreign.status, &foreign.json()["error"]["code"]),
        (401, &"IdentityNotOwned".into())
    );
    let other_key = signed_with(two, one.primary_key(), "GET", ROOMS, "");
    assert_eq!(second.call(&other_key).await.status, 401);
}

#[tokio::test]
async fn throttling_follows_the_virtual_clock() {
    let limit = RateLimit {
        operation: Some(Operation::ListRooms),
        requests: 1,
        window: Duration::from_secs(30),
    };
    let clock = acs_conformance::emulator::Clock::standing(DateTime::UNIX_EPOCH);
    let emulator = started(Emulator::builder().rate_limits(vec![limit]).clock(clock)).await;
    let mut connection = Connection::open(&emulator).await;
    assert_eq!(connection.call(&list(&emulator)).await.status, 200);
    let refused = connection.call(&list(&emulator)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("30")));
    emulator.clock().advance(TimeDelta::seconds(30));
    assert_eq!(connection.call(&list(&emulator)).await.status, 200);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_keys_and_ids() {
    let at = DateTime::UNIX_EPOCH;
    let mut made = Vec::new();
    for _ in 0..2 {
        let clock = acs_conformance::emulator::Clock::standing(at);
        let emulator = started(Emulator::builder().seed(7).clock(clock)).await;
        let mut connection = Connection::open(&emulator).await;
        let room = connection.call(&create(&emulator)).await.json();
        made.push((emulator.primary_key().text().expose().to_owned(), room));
    }
    assert_eq!(made[0], made[1]);
}
