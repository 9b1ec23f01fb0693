//! What an adapter declares of client and call options: each is used once.

use serde_json::json;

use super::examination::{Examination, call, refused, said};
use crate::acs::Service;
use crate::driver::adapter::answer::{CallResult, Outcome};
use crate::driver::adapter::message::{
    CallOpts, ClientOptions, LogLevel, Message, RetryMode, RetryOptions,
};
use crate::driver::adapter::{Fault, Process};
use crate::transcript::ErrorKind;

/// A well-formed id of no room.
const NOBODY: &str = "99400000000000000";

impl Examination<'_> {
    /// Every declared client option, one client each.
    pub(super) async fn client_options(&mut self, process: &mut Process) -> Result<(), Fault> {
        for (feature, member, options) in client_options() {
            let what = format!("options.{member} of client.open");
            if !self.declares(&what, &[feature, "op:rooms.get"]) {
                continue;
            }
            let mut open = self.opening(Service::Rooms, "optional");
            open.options = options;
            let get = call("optional", "rooms.get", json!({"room_id": NOBODY}));
            let result = self.once(process, open, get).await?;
            let broken = refused(&result, feature).or_else(|| {
                (!reached(&result)).then(|| {
                    said(&result, "the call must reach the service and come to its 404; hand the option over in the type that the SDK wants")
                })
            });
            self.judge(what, broken);
        }
        Ok(())
    }

    /// Every declared option of a call.
    pub(super) async fn call_options(&mut self, process: &mut Process) -> Result<(), Fault> {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned();
        let none = CallOpts::default;
        let all = [
            (
                "client-request-id",
                "clientRequestId",
                CallOpts { client_request_id: Some(id), ..none() },
            ),
            // So late that the answer comes before.
            ("cancel", "cancelAfterMs", CallOpts { cancel_after_ms: Some(60_000), ..none() }),
        ];
        for (feature, member, opts) in all {
            let what = format!("opts.{member} of call");
            if !self.declares(&what, &[feature, "op:rooms.get"]) {
                continue;
            }
            let mut get = call("rooms", "rooms.get", json!({"room_id": NOBODY}));
            get.opts = opts;
            let result = self.ask(process, get).await?;
            let broken = refused(&result, feature).or_else(|| {
                (!reached(&result))
                    .then(|| said(&result, "the call must come to the service's 404"))
            });
            self.judge(what, broken);
        }
        self.pages(process).await
    }

    async fn pages(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "by_page of rooms.list";
        if !self.declares(what, &["paging:by-page", "op:rooms.list"]) {
            return Ok(());
        }
        let list = call("rooms", "rooms.list", json!({"by_page": true}));
        let result = self.ask(process, list).await?;
        let is_paged = |value: &serde_json::Value| {
            value.as_array().is_some_and(|pages| pages.iter().all(serde_json::Value::is_array))
        };
        let broken = match &result.outcome {
            Outcome::Ok(success) if !is_paged(&success.value) => {
                Some(said(&result, "with by_page the value is a list of pages, each a list"))
            }
            _ => refused(&result, "paging:by-page"),
        };
        self.judge(what, broken);
        Ok(())
    }

    pub(super) async fn log(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "log";
        if !self.declares(what, &["log-capture", "op:rooms.get"]) {
            return Ok(());
        }
        let mut open = self.opening(Service::Rooms, "logging");
        open.options.log_level = Some(LogLevel::Debug);
        self.tell(process, Message::OpenClient(open)).await?;
        let _ = process.heard();
        self.ask(process, call("logging", "rooms.get", json!({"room_id": NOBODY}))).await?;
        self.settle(process, "logging").await?;
        let broken = process.heard().logs.is_empty().then(|| {
            "log-capture is declared, and a call of a client with logLevel \"debug\" gave no \"log\" message: send the SDK's own log on, line by line".to_owned()
        });
        self.judge(what, broken);
        Ok(())
    }
}

/// Feature, member of `options`, and options that set it.
fn client_options() -> [(&'static str, &'static str, ClientOptions); 5] {
    let none = ClientOptions::default;
    let retry = RetryOptions {
        mode: Some(RetryMode::Fixed),
        max_retries: Some(1),
        delay_ms: Some(10),
        max_delay_ms: Some(20),
    };
    let version = Service::Rooms.default_version().to_string();
    [
        (
            "custom-api-version",
            "apiVersion",
            ClientOptions { api_version: Some(version), ..none() },
        ),
        (
            "app-id",
            "applicationId",
            ClientOptions { application_id: Some("checking".to_owned()), ..none() },
        ),
        ("retry-config", "retry", ClientOptions { retry: Some(retry), ..none() }),
        ("timeout", "timeoutMs", ClientOptions { timeout_ms: Some(30_000), ..none() }),
        ("tracing", "tracing", ClientOptions { tracing: Some(true), ..none() }),
    ]
}

/// Whether the call came to an answer of the service.
fn reached(result: &CallResult) -> bool {
    matches!(&result.outcome, Outcome::Error(failure) if failure.kind == ErrorKind::Http)
}
