//! How clients are opened, given keys and tokens, and closed.

use serde_json::json;

use super::examination::{Examination, call, said};
use crate::acs::Service;
use crate::driver::adapter::answer::Outcome;
use crate::driver::adapter::message::{CloseClient, Message, OpenClient, UpdateKey};
use crate::driver::adapter::{Fault, FaultKind, Process};

impl Examination<'_> {
    /// What goes wrong in `client.open` is the outcome of the client's calls.
    pub(super) async fn bad_client(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "a client that cannot be opened fails in its calls";
        if !self.declares(what, &["op:rooms.get"]) {
            return Ok(());
        }
        let mut open = self.opening(Service::Rooms, "bad");
        open.connection_string = Some("this is no connection string".to_owned());
        let get = call("bad", "rooms.get", json!({"room_id": "99400000000000000"}));
        let result = self.once(process, open, get).await?;
        let broken = (!matches!(result.outcome, Outcome::Error(_))).then(|| {
            said(
                &result,
                "keep the exception that opening the client raised, and answer its calls with it",
            )
        });
        self.judge(what, broken);
        Ok(())
    }

    pub(super) async fn update_key(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "client.update_key";
        if !self.declares(what, &["key-rotation", "op:rooms.list"]) {
            return Ok(());
        }
        let mut open = self.without_credential("rotating");
        open.access_key = Some("bm90IHRoZSByaWdodCBrZXk=".to_owned());
        self.tell(process, Message::OpenClient(open)).await?;
        let access_key = self.access.secondary.expose().to_owned();
        let update = UpdateKey { client: "rotating".to_owned(), access_key };
        self.tell(process, Message::UpdateKey(update)).await?;
        let result = self.ask(process, call("rotating", "rooms.list", json!({}))).await?;
        let broken = (!matches!(result.outcome, Outcome::Ok(_))).then(|| {
            said(&result, "the call after client.update_key must be signed with the new key")
        });
        self.judge(what, broken);
        Ok(())
    }

    pub(super) async fn token_file(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "client.open with tokenFile";
        if !self.declares(what, &["token-credential", "op:rooms.list"]) {
            return Ok(());
        }
        let token = self.access.token.as_ref().map_or("", |token| token.expose());
        let file = written(token)?;
        let mut open = self.without_credential("bearer");
        open.token_file = Some(file.path().display().to_string());
        let list = call("bearer", "rooms.list", json!({}));
        let result = self.once(process, open, list).await?;
        let broken = (!matches!(result.outcome, Outcome::Ok(_))).then(|| {
            said(
                &result,
                "give the SDK a credential that reads tokenFile whenever it is asked for a token",
            )
        });
        self.judge(what, broken);
        Ok(())
    }

    /// A client with an endpoint, whose credential is still to be given.
    fn without_credential(&self, name: &str) -> OpenClient {
        let mut open = self.opening(Service::Rooms, name);
        open.connection_string = None;
        open.endpoint = Some(self.access.endpoint.clone());
        open
    }

    pub(super) async fn closing(&mut self, process: &mut Process) -> Result<(), Fault> {
        for service in Service::ALL {
            let close = CloseClient { client: service.name().to_owned() };
            self.tell(process, Message::CloseClient(close)).await?;
        }
        let open = self.opening(Service::Rooms, "rooms");
        self.tell(process, Message::OpenClient(open)).await?;
        self.settle(process, "rooms").await?;
        self.judge("client.close, then client.open under the same name", None);
        Ok(())
    }
}

/// A file that holds a token, and is gone with the value.
fn written(token: &str) -> Result<tempfile::NamedTempFile, Fault> {
    let write = || {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), token)?;
        Ok::<_, std::io::Error>(file)
    };
    write().map_err(|error| Fault {
        kind: FaultKind::NotStarted,
        message: format!("the bearer token could not be put into a file: {error}"),
        last_words: String::new(),
    })
}
