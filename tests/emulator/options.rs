//! What the options of `emulator` do, as programs see it.

use std::fs;
use std::process::Command;

use super::client::{Connection, ROOMS};
use super::command::{Served, program};

#[test]
fn a_name_that_is_no_host_is_wrong_usage() {
    for name in ["a b", "", "host:99", "[::1]", "*.x", "http://x", "a-", "a..b", "a.", "grüße"] {
        let output = program().args(["emulator", "--name", name]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name:?}: {told}");
        assert!(told.contains("a DNS name such as acs.test, or an IP address"), "{told}");
    }
}

#[tokio::test]
async fn names_are_in_the_links_and_in_the_certificate() {
    let options = ["--name", "acs.test", "--name", "other.test", "--page-size", "1"];
    let served = Served::start(&options);
    let endpoint = served.endpoint();
    let host = endpoint.strip_prefix("https://").unwrap();
    let port = host.strip_prefix("acs.test:").unwrap();
    let ca = fs::read_to_string(served.value("ACS_CA_BUNDLE")).unwrap();
    for other in ["acs.test", "other.test", "localhost"] {
        let socket = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        assert!(Connection::over(socket, &ca, other, &[]).await.is_ok(), "{other}");
    }
    for _ in 0..2 {
        assert_eq!(served.call("POST", ROOMS, "{}").await.unwrap().0, 201);
    }
    let (_, page) = served.call_as(host, "GET", ROOMS, "").await.unwrap();
    assert!(page.contains(&format!("\"nextLink\":\"https://{host}/rooms?")), "{page}");
}

#[test]
fn an_address_of_the_loopback_is_named_as_it_is() {
    // A machine without IPv6 has nothing to try.
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let served = Served::start(&["--listen", "::1"]);
    assert!(served.endpoint().starts_with("https://[::1]:"), "{}", served.endpoint());
}

#[tokio::test]
async fn the_admin_api_is_on_the_loopback_wherever_the_service_is() {
    let served = Served::start_with(&["--listen", "0.0.0.0", "--admin"], 4);
    let url = served.value("ACS_ADMIN_URL");
    let port = url.strip_prefix("http://127.0.0.1:").unwrap().to_owned();
    assert!(tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.is_ok());
    // Another address of this machine: on Linux all of 127.0.0.0/8 is.
    #[cfg(target_os = "linux")]
    assert!(tokio::net::TcpStream::connect(format!("127.0.0.2:{port}")).await.is_err());
}

#[tokio::test]
async fn a_rate_limit_of_the_command_line_throttles() {
    let served = Served::start(&["--rate-limit", "rooms.list=1/1h", "--rate-limit", "*=100/1m"]);
    assert_eq!(served.call("GET", ROOMS, "").await.unwrap().0, 200);
    assert_eq!(served.call("GET", ROOMS, "").await.unwrap().0, 429);
    assert_eq!(served.call("POST", ROOMS, "{}").await.unwrap().0, 201);
}

#[tokio::test]
async fn the_reason_of_a_refusal_is_in_the_log() {
    use std::io::Read as _;
    let mut served = Served::start(&[]);
    served.lines.iter_mut().find(|(name, _)| name == "ACS_BEARER_TOKEN").unwrap().1 =
        "x.y.z".into();
    assert_eq!(served.call("GET", ROOMS, "").await.unwrap().0, 401);
    served.signal(libc::SIGTERM);
    served.child.wait().unwrap();
    let mut log = String::new();
    served.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("refused") && log.contains("the bearer token"), "{log}");
}

#[cfg(unix)]
#[test]
fn an_env_file_that_is_a_pipe_stays_one_and_a_link_leads_to_its_target() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let from = pipe.clone();
    let reader = std::thread::spawn(move || fs::read_to_string(from).unwrap());
    let served = Served::start(&["--env-file", pipe.to_str().unwrap()]);
    assert!(reader.join().unwrap().contains(served.value("ACS_CONNECTION_STRING")));
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
    let (link, target) = (folder.path().join("link"), folder.path().join("target"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let served = Served::start(&["--env-file", link.to_str().unwrap()]);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&target).unwrap().contains(served.value("ACS_BEARER_TOKEN")));
}
