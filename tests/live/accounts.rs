//! Entra ID, with stand-ins for what gives the tokens.

use std::sync::{Arc, Mutex};

use acs_conformance::emulator::Authority;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::stand_in::{StandIn, quickstart, said};

/// Answers every request with this JSON and keeps what it was asked.
async fn answering(body: String, authority: Option<&Authority>) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let acceptor =
        authority.map(|authority| tokio_rustls::TlsAcceptor::from(authority.server_config()));
    let asked = Arc::new(Mutex::new(String::new()));
    let (kept, scheme) = (Arc::clone(&asked), if authority.is_some() { "https" } else { "http" });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, body, kept) = (acceptor.clone(), body.clone(), Arc::clone(&kept));
            tokio::spawn(async move {
                match acceptor {
                    Some(acceptor) => {
                        answer(acceptor.accept(stream).await.ok()?, &body, &kept).await
                    }
                    None => answer(stream, &body, &kept).await,
                }
            });
        }
    });
    (format!("{scheme}://localhost:{port}"), asked)
}

async fn answer(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
    body: &str,
    asked: &Mutex<String>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let mut text = String::from_utf8(head).ok()?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    let mut sent = vec![0; length];
    stream.read_exact(&mut sent).await.ok()?;
    text.push_str(&String::from_utf8_lossy(&sent));
    asked.lock().expect("not poisoned").push_str(&text);
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(reply.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

fn token(stand_in: &StandIn) -> String {
    stand_in.emulator.bearer_token().expose().to_owned()
}

fn entra(stand_in: &StandIn, token: &str) -> String {
    let _ = stand_in;
    serde_json::json!({
        "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token,
    })
    .to_string()
}

fn run(stand_in: &StandIn, method: &str) -> tokio::process::Command {
    let mut run = stand_in.run(&["--auth", method, quickstart().to_str().expect("a path")]);
    run.env_remove("ACS_CONNECTION_STRING").env("ACS_ENDPOINT", stand_in.emulator.endpoint());
    run
}

/// The resource and the stand-in for Entra ID have an authority each.
fn trust_both(stand_in: &StandIn, authority: &Authority) {
    let both = format!("{}\n{}", stand_in.emulator.ca_pem(), authority.ca_pem());
    std::fs::write(stand_in.path("ca.pem"), both).expect("a CA file");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_secret_and_a_workload_identity_get_their_tokens_from_entra_id() {
    let stand_in = StandIn::start().await;
    let authority = Authority::generate().expect("a CA");
    trust_both(&stand_in, &authority);
    let body = entra(&stand_in, &token(&stand_in));
    let (host, asked) = answering(body, Some(&authority)).await;
    let common = |method: &str| {
        let mut run = run(&stand_in, method);
        run.env("AZURE_AUTHORITY_HOST", &host)
            .env("AZURE_TENANT_ID", "a-tenant")
            .env("AZURE_CLIENT_ID", "a-client");
        run
    };
    let mut secret = common("client-secret");
    secret.env("AZURE_CLIENT_SECRET", "sh+h/=");
    said(secret).await.ended(0).says("created 4, deleted 4, leaked 0");
    let mut doctor =
        stand_in.harness(&["doctor", "--ca-file", "ca.pem", "--auth", "client-secret"]);
    doctor
        .env_remove("ACS_CONNECTION_STRING")
        .env("ACS_ENDPOINT", stand_in.emulator.endpoint())
        .env("AZURE_AUTHORITY_HOST", &host)
        .env("AZURE_TENANT_ID", "a-tenant")
        .env("AZURE_CLIENT_ID", "a-client")
        .env("AZURE_CLIENT_SECRET", "sh+h/=");
    let doctor = said(doctor).await;
    assert_eq!(doctor.ended(0).out.lines().count(), 10, "{}", doctor.text);
    assert!(!doctor.text.contains("sh+h/="), "{}", doctor.text);
    let mut signing = common("client-secret");
    signing
        .env("AZURE_CLIENT_SECRET", "sh+h/=")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/auth"));
    let signing = said(signing).await;
    signing.ended(0).says("auth::wrong-key").says("not applicable");
    assert!(!signing.text.contains("auth::hash"), "{}", signing.text);
    let text = std::mem::take(&mut *asked.lock().expect("not poisoned"));
    assert!(text.contains("POST /a-tenant/oauth2/v2.0/token"), "{text}");
    assert!(text.contains("client_secret=sh%2Bh%2F%3D"), "{text}");
    assert!(text.contains("scope=https%3A%2F%2Fcommunication.azure.com%2F%2F.default"), "{text}");

    std::fs::write(stand_in.path("federated"), "a.federated.token").expect("a token file");
    let mut workload = common("workload-identity");
    workload.env("AZURE_FEDERATED_TOKEN_FILE", stand_in.path("federated"));
    said(workload).await.ended(0).says("leaked 0");
    let text = asked.lock().expect("not poisoned").clone();
    assert!(text.contains("client_assertion=a.federated.token"), "{text}");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_managed_identity_asks_the_endpoint_of_its_machine() {
    let stand_in = StandIn::start().await;
    let expires = chrono::Utc::now().timestamp() + 3600;
    let body = serde_json::json!({
        "access_token": token(&stand_in), "expires_on": expires.to_string(),
        "resource": "https://communication.azure.com/", "token_type": "Bearer",
    });
    let (host, asked) = answering(body.to_string(), None).await;
    let mut managed = run(&stand_in, "managed-identity");
    managed.env("IDENTITY_ENDPOINT", format!("{host}/msi/token")).env("IDENTITY_HEADER", "h");
    said(managed).await.ended(0).says("leaked 0");
    let text = asked.lock().expect("not poisoned").clone();
    assert!(text.contains("resource=https"), "{text}");
    stand_in.nothing_is_left();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_azure_cli_is_asked_for_the_scope_of_the_service() {
    use std::os::unix::fs::PermissionsExt as _;
    let stand_in = StandIn::start().await;
    let expires = chrono::Utc::now().timestamp() + 3600;
    let json = serde_json::json!({
        "accessToken": token(&stand_in), "expires_on": expires, "tokenType": "Bearer",
    });
    let asked = stand_in.path("asked");
    let script = format!("#!/bin/sh\necho \"$@\" >> {}\ncat <<'E'\n{json}\nE\n", asked.display());
    let bin = stand_in.path("bin");
    std::fs::create_dir(&bin).expect("a folder");
    std::fs::write(bin.join("az"), script).expect("a program");
    std::fs::set_permissions(bin.join("az"), std::fs::Permissions::from_mode(0o755)).expect("mode");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut cli = run(&stand_in, "azure-cli");
    cli.env("PATH", format!("{}:{path}", bin.display()));
    said(cli).await.ended(0).says("leaked 0");
    let asked = std::fs::read_to_string(asked).expect("it was asked");
    assert!(asked.contains("--scope https://communication.azure.com//.default"), "{asked}");
    stand_in.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_client_secret_is_told_without_showing_it() {
    let stand_in = StandIn::start().await;
    let mut secret = run(&stand_in, "client-secret");
    secret
        .env("AZURE_AUTHORITY_HOST", "https://localhost:9")
        .env("AZURE_TENANT_ID", "a-tenant")
        .env("AZURE_CLIENT_ID", "a-client")
        .env("AZURE_CLIENT_SECRET", "sh+h/=secret");
    let run = said(secret).await;
    run.says("no token could be had by client-secret");
    assert!(matches!(run.code, Some(2 | 4)), "{}", run.text);
    assert!(!run.text.contains("sh+h/="), "{}", run.text);
    let mut doctor =
        stand_in.harness(&["doctor", "--ca-file", "ca.pem", "--auth", "client-secret"]);
    doctor
        .env_remove("ACS_CONNECTION_STRING")
        .env("ACS_ENDPOINT", stand_in.emulator.endpoint())
        .env("AZURE_AUTHORITY_HOST", "https://localhost:9")
        .env("AZURE_TENANT_ID", "a-tenant")
        .env("AZURE_CLIENT_ID", "a-client")
        .env("AZURE_CLIENT_SECRET", "sh+h/=secret");
    let doctor = said(doctor).await;
    doctor.ended(4).says("FAIL credentials  no token could be had by client-secret");
    assert!(!doctor.text.contains("sh+h/="), "{}", doctor.text);
}
