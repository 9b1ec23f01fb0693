//! A proxy between the harness and the resource, as the environment names it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::stand_in::{StandIn, quickstart, said};

/// Passes `CONNECT` on and counts.
async fn proxy() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.ok()?);
                }
                let text = String::from_utf8(head).ok()?;
                let port = text.split(' ').nth(1)?.rsplit_once(':')?.1.parse::<u16>().ok()?;
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
                copy_bidirectional(&mut client, &mut server).await.ok()
            });
        }
    });
    (address, count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_of_the_environment_is_used_unless_the_host_is_exempt() {
    let stand_in = StandIn::start().await;
    let (address, count) = proxy().await;
    let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    run.env("HTTPS_PROXY", &address);
    said(run).await.ended(0).says("leaked 0");
    assert!(count.swap(0, Ordering::Relaxed) > 0, "the proxy was not used");

    let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    run.env("HTTPS_PROXY", &address).env("NO_PROXY", "example.org,localhost");
    said(run).await.ended(0);
    assert_eq!(count.load(Ordering::Relaxed), 0, "the proxy was used in spite of NO_PROXY");

    let mut doctor = stand_in.harness(&["doctor", "--ca-file", "ca.pem"]);
    doctor.env("HTTPS_PROXY", &address);
    said(doctor).await.ended(0).says("left to the proxy").says("through the proxy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_is_not_there_makes_the_resource_unreachable() {
    let stand_in = StandIn::start().await;
    let mut run = stand_in.run(&[quickstart().to_str().expect("a path")]);
    run.env("HTTPS_PROXY", "http://127.0.0.1:9");
    said(run).await.ended(4).says("cannot be reached");
    assert_eq!(stand_in.emulator.take_exchanges(), Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_cannot_be_used_is_refused_and_not_passed_over() {
    let stand_in = StandIn::start().await;
    let commands = [
        stand_in.run(&[quickstart().to_str().expect("a path")]),
        stand_in.sweep(&[]),
        stand_in.harness(&["doctor", "--ca-file", "ca.pem"]),
    ];
    for mut command in commands {
        command.env("HTTPS_PROXY", "http://bad host:9");
        said(command).await.ended(2).says("HTTPS_PROXY names no proxy that can be used");
    }
    assert!(stand_in.ledgers().is_empty());
}
