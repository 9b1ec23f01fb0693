//! `sign`: print the headers that sign a request, for people who write their own client.
//!
//! The one command whose standard output holds a signature.

use std::io::Read as _;

use anyhow::Context as _;
use bytes::Bytes;
use chrono::Utc;

use super::live::AccountArgs;
use crate::acs::signing::string_to_sign;
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::target::credentials::{Account, Plain};
use crate::transcript::Headers;

/// Prints what signs a request, good for some minutes. Sends nothing but, under --auth, the
/// request for a token.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// GET, POST, PATCH, DELETE, …
    method: String,
    /// Path and query as they will go out, such as '/rooms?api-version=2025-03-13'.
    target: String,
    /// The body, @FILE for a file's content, @- for standard input.
    #[arg(long, short, value_name = "BODY")]
    data: Option<String>,
    /// Content-Type of the body [default: application/json, merge-patch+json for PATCH].
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// A curl command instead of headers.
    #[arg(long)]
    curl: bool,
    /// Also what was signed, on standard error.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    account: AccountArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match signed(&args).await {
        Ok(text) => {
            say(text.trim_end());
            Ok(Exit::Success)
        }
        Err(error) => {
            warn(format!("error: {error:#}"));
            Ok(Exit::Invalid)
        }
    }
}

async fn signed(args: &Args) -> anyhow::Result<String> {
    anyhow::ensure!(
        args.target.starts_with('/') && !args.target.contains([' ', '#']),
        "{:?} is no path and query as they go over the wire: it must begin with a slash, with \
         spaces and the like percent-encoded",
        args.target
    );
    let method = args.method.to_ascii_uppercase();
    anyhow::ensure!(
        http::Method::from_bytes(method.as_bytes()).is_ok(),
        "{:?} is no HTTP method: GET, POST, PATCH, DELETE, …",
        args.method
    );
    let (client, _) = args.account.client()?;
    let account = args.account.account(&client)?;
    let request =
        Plain { method, target: args.target.clone(), body: body(args)?, ..Plain::default() };
    let mut headers = account.proof(&request, Utc::now()).await?;
    if args.explain {
        explain(&account, &request, &headers);
    }
    if let Some(content_type) = content_type(args, &request) {
        headers.push("content-type", content_type);
    }
    if !args.curl {
        return Ok(plain(&headers));
    }
    Ok(curl(&account, &request, &headers, data(args, &request.body)?))
}

/// What curl is told to send: the file itself where one was named, since a shell's word cannot
/// hold every byte.
fn data(args: &Args, body: &[u8]) -> anyhow::Result<Option<String>> {
    match args.data.as_deref() {
        Some(file) if file.starts_with('@') && file != "@-" => Ok(Some(file.to_owned())),
        _ if body.is_empty() => Ok(None),
        _ => match std::str::from_utf8(body) {
            Ok(text) if !text.contains('\0') => Ok(Some(text.to_owned())),
            _ => anyhow::bail!(
                "the body on standard input is no text, which no command line can hold: put it \
                 in a file and name that with -d @FILE"
            ),
        },
    }
}

fn body(args: &Args) -> anyhow::Result<Bytes> {
    let Some(data) = &args.data else { return Ok(Bytes::new()) };
    let Some(path) = data.strip_prefix('@') else { return Ok(Bytes::from(data.clone())) };
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
    } else {
        bytes = std::fs::read(path).with_context(|| format!("{path} cannot be read"))?;
    }
    Ok(Bytes::from(bytes))
}

fn content_type(args: &Args, request: &Plain) -> Option<String> {
    args.content_type.clone().or_else(|| {
        let usual = match request.method.as_str() {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        (!request.body.is_empty()).then(|| usual.to_owned())
    })
}

fn explain(account: &Account, request: &Plain, headers: &Headers) {
    let header = |name: &str| headers.get(name).unwrap_or_default();
    if header("x-ms-date").is_empty() {
        warn("a bearer token; nothing of the request is signed");
        return;
    }
    let values = [header("x-ms-date"), account.authority(), header("x-ms-content-sha256")];
    let text = string_to_sign(&request.method, &request.target, &values);
    warn(format!("signed with HMAC-SHA256 under the base64-decoded key:\n{text}"));
}

fn plain(headers: &Headers) -> String {
    headers.0.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn curl(account: &Account, request: &Plain, headers: &Headers, data: Option<String>) -> String {
    let mut text = format!(
        "curl --path-as-is -X {} {}",
        quoted(&request.method),
        quoted(&format!("{}{}", account.endpoint(), request.target))
    );
    for (name, value) in &headers.0 {
        text.push_str(" \\\n  -H ");
        text.push_str(&quoted(&format!("{name}: {value}")));
    }
    if let Some(data) = data {
        text.push_str(" \\\n  --data-binary ");
        text.push_str(&quoted(&data));
    }
    text.push('\n');
    text
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::ConnectionString;

    #[test]
    fn a_curl_command_survives_the_shell_whatever_the_body_holds() {
        let string = ConnectionString::parse("endpoint=https://a.example/;accesskey=a2V5")
            .expect("a connection string");
        let account = Account::with_keys(&string, None);
        let request = Plain {
            method: "PATCH".to_owned(),
            target: "/rooms/1?api-version=v".to_owned(),
            body: Bytes::from_static(b"{\"a\":\"it's\"}"),
            ..Plain::default()
        };
        let args = Args { data: Some("{\"a\":\"it's\"}".to_owned()), ..Args::default() };
        let mut headers = Headers::default();
        headers.push("x-ms-date", "now");
        assert_eq!(
            curl(&account, &request, &headers, data(&args, &request.body).expect("text")),
            "curl --path-as-is -X 'PATCH' 'https://a.example/rooms/1?api-version=v' \\\n  \
             -H 'x-ms-date: now' \\\n  --data-binary '{\"a\":\"it'\\''s\"}'\n"
        );
    }

    #[test]
    fn a_body_that_no_shell_can_hold_goes_by_its_files_name_or_not_at_all() {
        let named = |data: &str| Args { data: Some(data.to_owned()), ..Args::default() };
        let bytes = b"\xff\x00";
        let file = data(&named("@a.bin"), bytes).expect("a file");
        assert_eq!(file.as_deref(), Some("@a.bin"));
        let error = data(&named("@-"), bytes).expect_err("no text").to_string();
        assert!(error.contains("-d @FILE"), "{error}");
    }
}
