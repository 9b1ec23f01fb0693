//! An emulator with so many rooms, and signed requests to it.

use std::net::SocketAddr;
use std::sync::Arc;

use acs_conformance::acs::signing::Signature;
use acs_conformance::emulator::service::Request;
use acs_conformance::emulator::{Emulator, Resource};
use bytes::Bytes;
use chrono::Utc;
use http::{HeaderMap, HeaderValue, Method};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::Value;
use tokio_rustls::TlsConnector;

const VERSION: &str = "api-version=2025-03-13";

pub struct World {
    pub emulator: Emulator,
    pub address: SocketAddr,
    pub connector: TlsConnector,
    /// Some of the rooms.
    rooms: Vec<String>,
    /// The continuation of a page in the middle.
    middle: String,
}

impl World {
    pub async fn with(rooms: usize) -> Self {
        let emulator = Emulator::builder().seed(7).start().await.expect("an emulator");
        let port = emulator.endpoint().rsplit_once(':').expect("a port").1;
        let address = format!("127.0.0.1:{port}").parse().expect("an address");
        let connector = connector(emulator.ca_pem());
        let resource = Arc::clone(&emulator.resources()[0]);
        let kept = fill(&resource, rooms);
        let middle = middle(&resource, rooms);
        Self { address, connector, rooms: kept, middle, emulator }
    }

    pub fn get(&self) -> Vec<u8> {
        self.get_one(0)
    }

    pub fn get_one(&self, index: usize) -> Vec<u8> {
        let room = &self.rooms[index % self.rooms.len()];
        self.signed("GET", &format!("/rooms/{room}?{VERSION}"), "")
    }

    pub fn list(&self) -> Vec<u8> {
        self.signed("GET", &format!("/rooms?{VERSION}"), "")
    }

    pub fn list_middle(&self) -> Vec<u8> {
        self.signed("GET", &self.middle, "")
    }

    pub fn patch(&self, index: usize) -> Vec<u8> {
        let room = &self.rooms[index % self.rooms.len()];
        self.signed("PATCH", &format!("/rooms/{room}?{VERSION}"), r#"{"pstnDialOutEnabled":true}"#)
    }

    pub fn create(&self) -> Vec<u8> {
        self.signed("POST", &format!("/rooms?{VERSION}"), "{}")
    }

    fn signed(&self, method: &str, target: &str, body: &str) -> Vec<u8> {
        let resource = &self.emulator.resources()[0];
        let (key, host) = (resource.primary_key(), resource.authority());
        let signature = Signature::new(key, method, target, host, body.as_bytes(), Utc::now());
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
             x-ms-date: {}\r\nx-ms-content-sha256: {}\r\nAuthorization: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            signature.date,
            signature.content_hash,
            signature.authorization,
            body.len()
        )
        .into_bytes()
    }
}

fn connector(ca_pem: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("a certificate");
    roots.add(certificate).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Makes rooms with two participants each; gives the ids of every hundredth.
fn fill(resource: &Resource, rooms: usize) -> Vec<String> {
    let user = |number: usize| {
        format!("8:acs:75827a5a-ccc4-6429-fceb-a262e0de8b5d_0000002a-0000-0001-b97f-{number:012x}")
    };
    let mut kept = Vec::new();
    for number in 0..rooms {
        let body = format!(
            r#"{{"participants":{{"{}":{{"role":"Presenter"}},"{}":{{"role":"Consumer"}}}}}}"#,
            user(2 * number),
            user(2 * number + 1)
        );
        let created = perform(resource, Method::POST, &format!("/rooms?{VERSION}"), body.into());
        if number % 100 == 0 {
            kept.push(created["id"].as_str().expect("an id").to_owned());
        }
    }
    kept
}

/// Walks half of the pages.
fn middle(resource: &Resource, rooms: usize) -> String {
    let mut target = format!("/rooms?{VERSION}");
    for _ in 0..rooms / 60 {
        let page = perform(resource, Method::GET, &target, Bytes::new());
        let next = page["nextLink"].as_str().expect("a next page");
        target = next.split_once(resource.authority()).expect("our endpoint").1.to_owned();
    }
    target
}

fn perform(resource: &Resource, method: Method, target: &str, body: Bytes) -> Value {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let request = Request {
        method,
        authority: resource.authority().to_owned(),
        target: target.to_owned(),
        headers,
        body,
    };
    let answer = resource.perform(&request, Utc::now());
    assert!(answer.status.is_success(), "{answer:?}");
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Bytes of memory that this process occupies.
pub fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}
