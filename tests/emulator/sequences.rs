//! Random sequences of operations, on the emulator's core and on the reference model: both must
//! answer the same, step by step.

use std::collections::HashMap;

use acs_conformance::emulator::seed::Seed;
use acs_conformance::emulator::service::{Options, Request, Response, Service};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use super::model::{Answer, Body, Member, Model, Said, Step, Target, View, person};

const STEPS: usize = 50;
const SEQUENCES: u32 = 2_000;
const PAGE: usize = 3;

#[test]
fn random_sequences_are_answered_as_the_reference_model_answers_them() {
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step(), STEPS);
    TestRunner::new(config)
        .run(&steps, |steps| {
            let mut model = Model::new(PAGE);
            let mut real = Real::new();
            for (index, step) in steps.iter().enumerate() {
                let expected = model.perform(step);
                let actual = real.perform(step);
                prop_assert_eq!(actual, expected, "step {} of {:#?}", index, &steps[..=index]);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn a_state_that_was_written_down_and_read_back_goes_on_as_before() {
    let config = Config { cases: 100, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step(), STEPS);
    TestRunner::new(config)
        .run(&steps, |steps| {
            let (mut through, mut kept) = (Real::new(), Real::new());
            for (index, step) in steps.iter().enumerate() {
                prop_assert_eq!(through.perform(step), kept.perform(step), "step {}", index);
                if index % 10 == 0 {
                    let document = serde_json::to_string(&kept.service.export()).unwrap();
                    kept.service = service();
                    kept.service.import(serde_json::from_str(&document).unwrap()).unwrap();
                    let again = serde_json::to_string(&kept.service.export()).unwrap();
                    prop_assert_eq!(again, document);
                }
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

fn service() -> Service {
    let options = Options { page_size: PAGE, ..Options::default() };
    Service::new(options, Some(Seed::from_number(1)), 1)
}

/// The emulator's core, spoken to in requests.
struct Real {
    service: Service,
    now: DateTime<Utc>,
    start: DateTime<Utc>,
    /// Ids in order of creation.
    ids: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Real {
    fn new() -> Self {
        let start = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
        Self { service: service(), now: start, start, ids: Vec::new(), numbers: HashMap::new() }
    }

    fn perform(&mut self, step: &Step) -> Answer {
        match step {
            Step::Create(body, pair) => {
                let body = self.body(body);
                let response = self.send(Method::POST, "/rooms", Some(body), *pair);
                self.room(&response, true)
            }
            Step::Get(target) => {
                let response = self.send(Method::GET, &self.path(target), None, None);
                self.room(&response, false)
            }
            Step::Update(target, body) => {
                let (path, body) = (self.path(target), self.body(body));
                let response = self.send(Method::PATCH, &path, Some(body), None);
                self.room(&response, false)
            }
            Step::Delete(target) => {
                let response = self.send(Method::DELETE, &self.path(target), None, None);
                match response.status.as_u16() {
                    204 => Answer::Nothing,
                    _ => refusal(&response),
                }
            }
            Step::List => self.list(),
            Step::People(target) => self.people(target),
            Step::Patch(target, people) => {
                let path = format!("{}/participants", self.path(target));
                let body = json!({ "participants": participants(people) });
                let response = self.send(Method::PATCH, &path, Some(body), None);
                match (response.status.as_u16(), response.body.as_ref()) {
                    (200, b"{}") => Answer::Patched,
                    _ => refusal(&response),
                }
            }
            Step::Advance(minutes) => {
                self.now += TimeDelta::minutes(*minutes);
                Answer::Advanced
            }
        }
    }

    fn path(&self, target: &Target) -> String {
        let id = match target {
            Target::Made(number) => {
                self.ids.get(*number).map_or("78469124725336262", String::as_str)
            }
            Target::Never => "78469124725336262",
            Target::Short => "123",
            Target::Letters => "non-existingroomId",
        };
        format!("/rooms/{id}")
    }

    fn body(&self, body: &Body) -> Value {
        let mut members = Map::new();
        let time = |minutes: i64| self.text(self.minute() + minutes);
        member(&mut members, "validFrom", &body.from, |minutes| json!(time(*minutes)));
        member(&mut members, "validUntil", &body.until, |minutes| json!(time(*minutes)));
        member(&mut members, "pstnDialOutEnabled", &body.dial_out, |enabled| json!(enabled));
        member(&mut members, "participants", &body.people, |()| participants(&body.named));
        Value::Object(members)
    }

    fn minute(&self) -> i64 {
        (self.now - self.start).num_minutes()
    }

    fn text(&self, minute: i64) -> String {
        (self.start + TimeDelta::minutes(minute)).format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        pair: Option<usize>,
    ) -> Response {
        let mut headers = HeaderMap::new();
        if body.is_some() {
            let patch = method == Method::PATCH;
            let kind = if patch { "application/merge-patch+json" } else { "application/json" };
            headers.insert("content-type", HeaderValue::from_static(kind));
        }
        if let Some(pair) = pair {
            let id = format!("0000000{pair}-0000-4000-8000-000000000000");
            headers.insert("repeatability-request-id", id.parse().unwrap());
            let sent = HeaderValue::from_static("Thu, 01 Jan 2026 00:00:00 GMT");
            headers.insert("repeatability-first-sent", sent);
        }
        let separator = if path.contains('?') { '&' } else { '?' };
        let version = if path.contains("api-version") {
            String::new()
        } else {
            format!("{separator}api-version=2025-03-13")
        };
        let request = Request {
            method,
            authority: "localhost:8443".to_owned(),
            target: format!("{path}{version}"),
            headers,
            body: body.map(|body| body.to_string()).unwrap_or_default().into(),
        };
        self.service.handle(&request, self.now)
    }

    fn room(&mut self, response: &Response, create: bool) -> Answer {
        let room = match (response.status.as_u16(), create) {
            (201, true) | (200, false) => json_of(response),
            _ => return refusal(response),
        };
        let view = self.view(&room);
        if create { Answer::Created(view) } else { Answer::Room(view) }
    }

    /// Times must be spelt as the model's minutes are.
    fn view(&mut self, room: &Value) -> View {
        let id = room["id"].as_str().unwrap().to_owned();
        let next = self.ids.len();
        let number = *self.numbers.entry(id.clone()).or_insert(next);
        if number == next {
            self.ids.push(id);
        }
        let created = room["createdAt"].as_str().unwrap().replace(".046+", "+");
        View {
            number,
            created: self.minute_of(&created),
            from: self.minute_of(room["validFrom"].as_str().unwrap()),
            until: self.minute_of(room["validUntil"].as_str().unwrap()),
            dial_out: room["pstnDialOutEnabled"].as_bool().unwrap(),
        }
    }

    fn minute_of(&self, text: &str) -> i64 {
        let instant = DateTime::parse_from_rfc3339(text).unwrap();
        let minute = (instant.with_timezone(&Utc) - self.start).num_minutes();
        assert_eq!(text, self.text(minute));
        minute
    }

    fn pages(&mut self, path: String) -> Result<Vec<Value>, Answer> {
        let mut pages = Vec::new();
        let mut next = Some(path);
        while let Some(path) = next {
            let response = self.send(Method::GET, &path, None, None);
            if response.status.as_u16() != 200 {
                return Err(refusal(&response));
            }
            let page = json_of(&response);
            next = page.get("nextLink").map(|link| {
                link.as_str().unwrap().strip_prefix("https://localhost:8443").unwrap().to_owned()
            });
            pages.push(page["value"].clone());
            assert!(pages.len() < 100, "the list does not end");
        }
        Ok(pages)
    }

    fn list(&mut self) -> Answer {
        match self.pages("/rooms".to_owned()) {
            Ok(pages) => Answer::Pages(
                pages
                    .iter()
                    .map(|page| {
                        page.as_array().unwrap().iter().map(|room| self.view(room)).collect()
                    })
                    .collect(),
            ),
            Err(answer) => answer,
        }
    }

    fn people(&mut self, target: &Target) -> Answer {
        let path = format!("{}/participants", self.path(target));
        let known = |entry: &Value| {
            let raw_id = entry["rawId"].as_str().unwrap();
            let number = (0..9).find(|number| person(*number) == raw_id).unwrap();
            let roles = ["Presenter", "Attendee", "Consumer", "Collaborator"];
            let role = roles.into_iter().find(|role| entry["role"] == *role).unwrap();
            (number, role)
        };
        match self.pages(path) {
            Ok(pages) => Answer::Roster(
                pages
                    .iter()
                    .map(|page| page.as_array().unwrap().iter().map(known).collect())
                    .collect(),
            ),
            Err(answer) => answer,
        }
    }
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn refusal(response: &Response) -> Answer {
    let body = json_of(response);
    let error = &body["error"];
    let text = |value: &Value| value["message"].as_str().unwrap().to_owned();
    let messages = match error["details"].as_array() {
        Some(details) => details.iter().map(text).collect(),
        None => vec![text(error)],
    };
    Answer::Refused(response.status.as_u16(), messages)
}

fn member<T>(
    members: &mut Map<String, Value>,
    name: &str,
    member: &Member<T>,
    value: impl Fn(&T) -> Value,
) {
    match member {
        Member::Absent => {}
        Member::Null => {
            members.insert(name.to_owned(), Value::Null);
        }
        Member::Given(given) => {
            members.insert(name.to_owned(), value(given));
        }
    }
}

fn participants(people: &[(usize, Said)]) -> Value {
    let said = |said: &Said| match said {
        Said::Gone => Value::Null,
        Said::NoRole { null: true } => json!({ "role": null }),
        Said::NoRole { null: false } => json!({}),
        Said::Role(role) => json!({ "role": role }),
    };
    Value::Object(people.iter().map(|(number, what)| (person(*number), said(what))).collect())
}

fn minutes() -> impl Strategy<Value = i64> {
    const DAY: i64 = 24 * 60;
    prop_oneof![
        6 => 1_i64..90 * DAY,
        2 => -30 * DAY..=0,
        2 => 178 * DAY..182 * DAY,
        1 => select(vec![0, 180 * DAY, 180 * DAY + 1]),
    ]
}

fn given<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Member<T>> {
    prop_oneof![
        3 => Just(Member::Absent),
        1 => Just(Member::Null),
        4 => value.prop_map(Member::Given),
    ]
}

fn people() -> impl Strategy<Value = Vec<(usize, Said)>> {
    let roles = vec!["Presenter", "Attendee", "Consumer", "Collaborator"];
    let said = prop_oneof![
        2 => Just(Said::Gone),
        2 => any::<bool>().prop_map(|null| Said::NoRole { null }),
        20 => select(roles).prop_map(Said::Role),
        1 => select(vec!["presenter", "Kafka", ""]).prop_map(Said::Role),
    ];
    let who = prop_oneof![30 => 0_usize..5, 1 => 5_usize..7];
    // A body names nobody twice.
    proptest::collection::vec((who, said), 0..5).prop_map(|mut people| {
        let mut seen = Vec::new();
        people.retain(|(number, _)| {
            !seen.contains(number) && {
                seen.push(*number);
                true
            }
        });
        people
    })
}

fn body() -> impl Strategy<Value = Body> {
    (given(minutes()), given(minutes()), given(any::<bool>()), given(Just(())), people()).prop_map(
        |(from, until, dial_out, whether, named)| {
            let named = if whether == Member::Given(()) { named } else { Vec::new() };
            Body { from, until, dial_out, people: whether, named }
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        20 => (0_usize..12).prop_map(Target::Made),
        1 => Just(Target::Never),
        1 => Just(Target::Short),
        1 => Just(Target::Letters),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (body(), proptest::option::weighted(0.3, 0_usize..3))
            .prop_map(|(body, pair)| Step::Create(body, pair)),
        3 => target().prop_map(Step::Get),
        4 => (target(), body()).prop_map(|(target, body)| Step::Update(target, body)),
        2 => target().prop_map(Step::Delete),
        2 => Just(Step::List),
        3 => target().prop_map(Step::People),
        5 => (target(), people()).prop_map(|(target, people)| Step::Patch(target, people)),
        1 => prop_oneof![1_i64..8, 1_i64..60 * 24 * 60].prop_map(Step::Advance),
    ]
}
