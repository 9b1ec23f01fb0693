//! Every operation, in an order in which each can succeed.

use serde_json::{Value, json};

use super::examination::{Examination, call, said};
use crate::acs::Operation;
use crate::driver::adapter::answer::{CallResult, Outcome};
use crate::driver::adapter::{Fault, Process};

const ORDER: [Operation; 12] = [
    Operation::CreateUser,
    Operation::IssueToken,
    Operation::CreateRoom,
    Operation::GetRoom,
    Operation::UpdateRoom,
    Operation::ListRooms,
    Operation::AddOrUpdateParticipants,
    Operation::ListParticipants,
    Operation::RemoveParticipants,
    Operation::DeleteRoom,
    Operation::RevokeTokens,
    Operation::DeleteUser,
];

/// What earlier operations have brought to light.
#[derive(Default)]
struct Known {
    user: Option<String>,
    room: Option<String>,
}

impl Known {
    fn learn(&mut self, operation: Operation, value: &Value) {
        let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
        match operation {
            Operation::CreateUser => self.user = id,
            Operation::CreateRoom => self.room = id,
            _ => {}
        }
    }

    fn arguments(&self, operation: Operation) -> Value {
        let user = self.user.as_deref().unwrap_or(
            "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000",
        );
        let room = self.room.as_deref().unwrap_or("99400000000000000");
        match operation {
            Operation::CreateUser | Operation::CreateRoom | Operation::ListRooms => json!({}),
            Operation::IssueToken => json!({"id": user, "scopes": ["voip"]}),
            Operation::RevokeTokens | Operation::DeleteUser => json!({"id": user}),
            Operation::GetRoom | Operation::DeleteRoom | Operation::ListParticipants => {
                json!({"room_id": room})
            }
            // Both times: the first SDKs know no update of less.
            Operation::UpdateRoom => json!({"room_id": room,
                "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-02T00:00:00Z"}),
            Operation::AddOrUpdateParticipants => {
                json!({"room_id": room, "participants": [{"id": user, "role": "Presenter"}]})
            }
            Operation::RemoveParticipants => json!({"room_id": room, "participants": [user]}),
        }
    }
}

impl Examination<'_> {
    pub(super) async fn unknown_operation(&mut self, process: &mut Process) -> Result<(), Fault> {
        let result = self.ask(process, call("rooms", "rooms.levitate", json!({}))).await?;
        let broken = (!matches!(result.outcome, Outcome::Unsupported(_)))
            .then(|| said(&result, "answer an \"op\" that you do not know with \"unsupported\""));
        self.judge("an unknown op is answered with unsupported", broken);
        Ok(())
    }

    /// Every declared operation.
    pub(super) async fn operations(&mut self, process: &mut Process) -> Result<(), Fault> {
        let mut known = Known::default();
        for operation in ORDER {
            let what = format!("op {operation}");
            if !self.declares(&what, &[&format!("op:{operation}")]) {
                continue;
            }
            let asked =
                call(operation.service().name(), operation.name(), known.arguments(operation));
            let result = self.ask(process, asked).await?;
            let broken = broken_value(operation, &result);
            if let Outcome::Ok(success) = &result.outcome {
                known.learn(operation, &success.value);
            }
            self.judge(what, broken);
        }
        Ok(())
    }

    pub(super) async fn unusual_text(&mut self, process: &mut Process) -> Result<(), Fault> {
        let what = "text beyond ASCII";
        if !self.declares(what, &["op:rooms.get"]) {
            return Ok(());
        }
        let get = call("rooms", "rooms.get", json!({"room_id": "é😀\u{2028}\"\\"}));
        let result = self.ask(process, get).await?;
        let broken = (!matches!(result.outcome, Outcome::Error(_)))
            .then(|| said(&result, "a room id that cannot exist must come to an \"error\""));
        self.judge(what, broken);
        Ok(())
    }
}

/// Whether a declared operation was refused, or its value has not the catalogue's shape. An error
/// is a fair answer: the SDK's own doing.
fn broken_value(operation: Operation, result: &CallResult) -> Option<String> {
    let value = match &result.outcome {
        Outcome::Error(_) => return None,
        Outcome::Unsupported(_) => {
            let advice = format!("op:{operation} is declared: perform it, or do not declare it");
            return Some(said(result, &advice));
        }
        Outcome::Ok(success) => &success.value,
    };
    let members: &[&str] = match operation {
        Operation::CreateUser => &["id"],
        Operation::IssueToken => &["token", "expiresOn"],
        Operation::CreateRoom | Operation::GetRoom | Operation::UpdateRoom => {
            &["id", "createdAt", "validFrom", "validUntil"]
        }
        Operation::ListRooms | Operation::ListParticipants => {
            let advice = format!("the value of {operation} is a list: {}", operation.result());
            return (!value.is_array()).then(|| said(result, &advice));
        }
        _ => {
            let advice = format!("{operation} has no value: give null");
            return (!value.is_null()).then(|| said(result, &advice));
        }
    };
    let missing: Vec<&str> =
        members.iter().copied().filter(|member| value.get(member).is_none()).collect();
    (!missing.is_empty()).then(|| {
        let shape = operation.result();
        said(result, &format!("the value lacks {}; its shape is {shape}", missing.join(", ")))
    })
}
