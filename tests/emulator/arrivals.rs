//! Requests as they arrive: hosts, targets and bodies that are odd.

use acs_conformance::emulator::Emulator;
use tokio::net::TcpStream;

use super::client::{Connection, ROOMS, list, signed_with, started};
use super::front_end::impatient;

#[tokio::test]
async fn a_body_that_is_too_long_already_is_413_even_if_it_never_ends() {
    let emulator = started(Emulator::builder().limits(impatient())).await;
    let mut connection = Connection::open(&emulator).await;
    connection
        .send(b"POST /rooms HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n")
        .await;
    connection.send(&vec![b' '; 0x20_0000]).await;
    assert_eq!(connection.receive().await.unwrap().status, 413);
}

#[tokio::test]
async fn a_body_of_many_mebibytes_is_413_over_http_2_too() {
    let emulator = started(Emulator::builder()).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap()])
        .build()
        .unwrap();
    let long = client.post(format!("{}{ROOMS}", emulator.endpoint())).body(vec![b' '; 20 << 20]);
    let answer = long.send().await.unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_2, 413));
}

#[tokio::test]
async fn a_journal_changes_no_answer() {
    let mut statuses = Vec::new();
    for journal in [false, true] {
        let emulator = started(Emulator::builder().journal(journal)).await;
        let resource = &emulator.resources()[0];
        let signed = String::from_utf8(list(&emulator)).unwrap();
        let absolute = format!("GET {}{ROOMS} ", emulator.endpoint());
        let mut all = Vec::new();
        for line in [absolute, format!("GET {ROOMS}#f ")] {
            let request = signed.replacen(&format!("GET {ROOMS} "), &line, 1);
            let mut connection = Connection::to(&emulator, resource).await;
            all.push(connection.call(request.as_bytes()).await.status);
            if journal {
                let sent = emulator.take_exchanges().remove(0).sent;
                assert_eq!(format!("GET {} ", sent.target), line);
            }
        }
        statuses.push(all);
    }
    assert_eq!(statuses, [[200, 200], [200, 200]]);
}

#[tokio::test]
async fn a_host_or_target_that_none_can_be_is_400_and_closes() {
    let emulator = started(Emulator::builder()).await;
    let hosts = [
        "",
        "Host: \r\n",
        "Host: a b\"<>\r\n",
        "Host: a/b\r\n",
        "Host: user@a\r\n",
        "Host: a\r\nHost: b\r\n",
    ];
    let mut heads: Vec<String> =
        hosts.iter().map(|host| format!("GET {ROOMS} HTTP/1.1\r\n{host}\r\n")).collect();
    heads.push(format!("GET {ROOMS}&x=é HTTP/1.1\r\nHost: a\r\n\r\n"));
    for head in heads {
        let mut connection = Connection::open(&emulator).await;
        connection.send(head.as_bytes()).await;
        let (answer, _) = connection.rest().await;
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(text.starts_with("HTTP/1.1 400 "), "{head}: {text}");
    }
    // HTTP/1.0 may leave it out.
    let mut connection = Connection::open(&emulator).await;
    connection.send(format!("GET {ROOMS} HTTP/1.0\r\n\r\n").as_bytes()).await;
    let (answer, _) = connection.rest().await;
    assert!(answer.starts_with(b"HTTP/1.0 401 ") || answer.starts_with(b"HTTP/1.1 401 "));
}

#[tokio::test]
async fn every_address_of_ipv6_is_every_address_of_ipv4_too() {
    let listened = Emulator::builder().listen(std::net::Ipv6Addr::UNSPECIFIED.into());
    // A machine without IPv6 has nothing to try.
    let Ok(emulator) = listened.start().await else { return };
    let port = emulator.endpoint().rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "[::1]"] {
        assert!(TcpStream::connect(format!("{host}:{port}")).await.is_ok(), "{host}");
    }
}

#[tokio::test]
async fn a_long_reason_is_cut_in_its_header() {
    let emulator = started(Emulator::builder().resources(2).journal(true)).await;
    let [one, two] = [&emulator.resources()[0], &emulator.resources()[1]];
    let mut connection = Connection::to(&emulator, one).await;
    let target = format!("{ROOMS}&filler={}", "a".repeat(4000));
    let wrong = signed_with(one, two.primary_key(), "GET", &target, "");
    let refused = connection.call(&wrong).await;
    assert_eq!(refused.status, 401);
    let told = refused.header("x-acs-emulator-reason").unwrap().len();
    assert!((2000..=2048).contains(&told), "{told}");
    let seen = emulator.take_exchanges().remove(0);
    assert!(seen.attempt.refusal.unwrap().len() > 4000);
}
