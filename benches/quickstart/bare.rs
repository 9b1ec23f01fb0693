//! The bare loop that the runner is held against: the same requests with the same bodies, signed,
//! over one kept-alive client. It looks at nothing but what it needs for the next request.

use acs_conformance::acs::signing::{AccessKey, Signature};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Method};
use serde_json::{Value, json};

pub struct Bare {
    pub client: Client,
    pub endpoint: String,
    pub key: AccessKey,
    pub requests: u64,
}

const ROOMS: &str = "api-version=2025-03-13";
const IDENTITY: &str = "api-version=2023-10-01";
const PATCH: &str = "application/merge-patch+json";

impl Bare {
    async fn send(&mut self, method: Method, target: &str, body: Option<(&str, Value)>) -> Value {
        let now = Utc::now();
        let bytes = body.as_ref().map(|(_, value)| value.to_string()).unwrap_or_default();
        let host = self.endpoint.trim_start_matches("https://");
        let signed =
            Signature::new(&self.key, method.as_str(), target, host, bytes.as_bytes(), now);
        let mut request = self
            .client
            .request(method.clone(), format!("{}{target}", self.endpoint))
            .header("accept", "application/json")
            .header("user-agent", "bare")
            .header("x-ms-client-request-id", uuid::Uuid::new_v4().to_string())
            .header("x-ms-date", signed.date.clone())
            .header("x-ms-content-sha256", signed.content_hash)
            .header("authorization", signed.authorization);
        if let Some((content_type, _)) = body {
            request = request.header("content-type", content_type).body(bytes);
        }
        if method == Method::POST && target.starts_with("/rooms") {
            request = request
                .header("repeatability-request-id", uuid::Uuid::new_v4().to_string())
                .header("repeatability-first-sent", signed.date);
        }
        self.requests += 1;
        let answer = request.send().await.expect("an answer").bytes().await.expect("a body");
        serde_json::from_slice(&answer).unwrap_or(Value::Null)
    }

    /// The quickstart and the undoing of what it leaves behind.
    pub async fn quickstart(&mut self) {
        let mut users = Vec::new();
        let json_type = "application/json";
        for _ in 0..3 {
            let nothing = Some((json_type, json!({})));
            let user = self.send(Method::POST, &format!("/identities?{IDENTITY}"), nothing).await;
            users.push(user["identity"]["id"].as_str().expect("an id").to_owned());
        }
        let now = Utc::now();
        let participants = json!({
            &users[0]: { "role": "Presenter" },
            &users[1]: { "role": "Consumer" },
        });
        let mut body = window(now, 4, false);
        body["participants"] = participants;
        let room =
            self.send(Method::POST, &format!("/rooms?{ROOMS}"), Some((json_type, body))).await;
        let room = format!("/rooms/{}", room["id"].as_str().expect("an id"));
        let (one, list) = (format!("{room}?{ROOMS}"), format!("{room}/participants?{ROOMS}"));
        self.send(Method::GET, &one, None).await;
        self.send(Method::PATCH, &one, Some((PATCH, window(Utc::now(), 7, true)))).await;
        self.send(Method::GET, &format!("/rooms?{ROOMS}"), None).await;
        let roles = json!({ "participants": {
            &users[1]: { "role": "Attendee" },
            &users[2]: { "role": "Collaborator" },
        }});
        self.send(Method::PATCH, &list, Some((PATCH, roles))).await;
        self.send(Method::GET, &list, None).await;
        let gone = json!({ "participants": { &users[1]: null } });
        self.send(Method::PATCH, &list, Some((PATCH, gone))).await;
        self.send(Method::DELETE, &one, None).await;
        self.send(Method::GET, &one, None).await;
        for user in users.iter().rev() {
            let user = user.replace(':', "%3A");
            self.send(Method::DELETE, &format!("/identities/{user}?{IDENTITY}"), None).await;
        }
    }
}

fn window(from: DateTime<Utc>, weeks: i64, dial_out: bool) -> Value {
    let text = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    json!({
        "validFrom": text(from),
        "validUntil": text(from + TimeDelta::weeks(weeks)),
        "pstnDialOutEnabled": dial_out,
    })
}
