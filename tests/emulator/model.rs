//! A second Rooms service, written from the documents alone: lists, and no code shared with the
//! emulator. What it answers is what the emulator must answer, see `sequences`.
//!
//! Times are minutes since the start; a room created in minute 5 is `createdAt` 46 ms later.

/// Minutes in the longest range.
const HALF_YEAR: i64 = 180 * 24 * 60;
const MONTH: i64 = 30 * 24 * 60;

/// A member of a body: absent, null or a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Member<T> {
    Absent,
    Null,
    Given(T),
}

impl<T: Copy> Member<T> {
    fn value(&self) -> Option<T> {
        match self {
            Self::Given(value) => Some(*value),
            _ => None,
        }
    }
}

/// What a body says of one person.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// `null`.
    Gone,
    /// `{}` or `{"role":null}`.
    NoRole {
        null: bool,
    },
    Role(&'static str),
}

pub type People = Vec<(usize, Said)>;

/// The body of a create or an update; times are minutes from now.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub from: Member<i64>,
    pub until: Member<i64>,
    pub dial_out: Member<bool>,
    pub people: Member<()>,
    pub named: People,
}

/// Which room an operation is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The n-th that was created, if there are so many; else one that never was.
    Made(usize),
    Never,
    Short,
    Letters,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// With the n-th pair of Repeatability headers, if any.
    Create(Body, Option<usize>),
    Get(Target),
    Update(Target, Body),
    Delete(Target),
    List,
    People(Target),
    Patch(Target, People),
    Advance(i64),
}

/// What a room looks like from outside; the id is the number of its creation.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub number: usize,
    pub created: i64,
    pub from: i64,
    pub until: i64,
    pub dial_out: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Created(View),
    Room(View),
    Nothing,
    Patched,
    Pages(Vec<Vec<View>>),
    Roster(Vec<Vec<(usize, &'static str)>>),
    /// Status, and the messages: of the details where there are some.
    Refused(u16, Vec<String>),
    Advanced,
}

#[derive(Debug, Clone)]
struct Room {
    view: View,
    people: Vec<(usize, &'static str)>,
    deleted: bool,
}

/// The whole state.
#[derive(Debug, Default)]
pub struct Model {
    rooms: Vec<Room>,
    now: i64,
    page: usize,
    /// Pair, body, answer, minute.
    repeats: Vec<(usize, Body, View, i64)>,
}

/// Persons from this number on are no communication users.
pub const FIRST_STRANGE_PERSON: usize = 5;
const ROLES: [&str; 4] = ["Presenter", "Attendee", "Consumer", "Collaborator"];

pub fn person(number: usize) -> String {
    if number >= FIRST_STRANGE_PERSON {
        return format!("4:+1555000{number}");
    }
    format!(
        "8:acs:00000000-0000-4000-8000-000000000000_0000000{number}-0000-0000-0000-000000000000"
    )
}

fn refused(status: u16, message: impl Into<String>) -> Answer {
    Answer::Refused(status, vec![message.into()])
}

fn not_found() -> Answer {
    refused(404, "The server cannot find the requested resource.")
}

impl Model {
    pub fn new(page: usize) -> Self {
        Self { page, ..Self::default() }
    }

    pub fn perform(&mut self, step: &Step) -> Answer {
        match step {
            Step::Create(body, pair) => self.create(body, *pair),
            Step::Get(target) => self
                .room(target)
                .map_or_else(|answer| answer, |room| Answer::Room(room.view.clone())),
            Step::Update(target, body) => self.update(target, body),
            Step::Delete(target) => self.delete(target),
            Step::List => self.list(),
            Step::People(target) => self.people(target),
            Step::Patch(target, people) => self.patch(target, people),
            Step::Advance(minutes) => {
                self.now += minutes;
                Answer::Advanced
            }
        }
    }

    fn create(&mut self, body: &Body, pair: Option<usize>) -> Answer {
        if let Some(answer) = wrong_role(&body.named) {
            return answer;
        }
        if let Some(pair) = pair
            && let Some((_, old, view, minute)) = self.repeats.iter().rfind(|r| r.0 == pair)
            && self.now - minute <= 5
        {
            if old == body {
                return Answer::Created(view.clone());
            }
            return refused(
                400,
                "The header Repeatability-Request-ID was used before for another request.",
            );
        }
        let start = body.from.value().unwrap_or(0);
        let mut wrong = Vec::new();
        if body.from.value().is_some_and(|from| from > HALF_YEAR) {
            wrong.push("Value is incorrect or more than 180 days in the future.".to_owned());
        }
        if let Some(until) = body.until.value() {
            wrong.extend(wrong_end(until, Some(start)));
        }
        if !wrong.is_empty() {
            return Answer::Refused(400, wrong);
        }
        if body.named.iter().any(|(number, _)| *number >= FIRST_STRANGE_PERSON) {
            return refused(400, "Invalid format for communication identifier.");
        }
        let view = View {
            number: self.rooms.len(),
            created: self.now,
            from: self.now + start,
            until: self.now + body.until.value().unwrap_or(HALF_YEAR),
            dial_out: body.dial_out.value().unwrap_or(false),
        };
        let invited = body.named.iter().filter(|(_, said)| *said != Said::Gone);
        let people = invited.map(|(number, said)| (*number, said.role().unwrap_or("Attendee")));
        let people = people.collect();
        self.rooms.push(Room { view: view.clone(), people, deleted: false });
        if let Some(pair) = pair {
            self.repeats.push((pair, body.clone(), view.clone(), self.now));
        }
        Answer::Created(view)
    }

    fn room(&mut self, target: &Target) -> Result<&mut Room, Answer> {
        match target {
            Target::Short => Err(refused(400, "Invalid room ID length.")),
            Target::Letters => Err(refused(400, "Invalid room ID.")),
            Target::Never => Err(not_found()),
            Target::Made(number) => {
                self.rooms.get_mut(*number).filter(|room| !room.deleted).ok_or_else(not_found)
            }
        }
    }

    fn update(&mut self, target: &Target, body: &Body) -> Answer {
        let now = self.now;
        if let Some(answer) = wrong_role(&body.named) {
            return answer;
        }
        let (from, until) = (body.from.value(), body.until.value());
        let mut wrong = Vec::new();
        if from.is_some_and(|from| from > HALF_YEAR) {
            wrong.push("Value is incorrect or more than 180 days in the future.".to_owned());
        }
        if let Some(until) = until {
            wrong.extend(wrong_end(until, from));
        }
        if wrong.is_empty() && from.is_some() != until.is_some() {
            wrong.push("validFrom and validUntil should be set together.".to_owned());
        }
        if !wrong.is_empty() {
            return Answer::Refused(400, wrong);
        }
        let room = match self.room(target) {
            Ok(room) => room,
            Err(answer) => return answer,
        };
        if let (Some(from), Some(until)) = (from, until) {
            room.view.from = now + from;
            room.view.until = now + until;
        }
        if let Some(dial_out) = body.dial_out.value() {
            room.view.dial_out = dial_out;
        }
        Answer::Room(room.view.clone())
    }

    fn delete(&mut self, target: &Target) -> Answer {
        if let Target::Made(number) = target
            && let Some(room) = self.rooms.get_mut(*number)
        {
            room.deleted = true;
            return Answer::Nothing;
        }
        self.room(target).map_or_else(|answer| answer, |_| Answer::Nothing)
    }

    fn list(&self) -> Answer {
        let newest_first: Vec<&Room> = self.rooms.iter().rev().collect();
        let mut pages: Vec<Vec<View>> = newest_first
            .chunks(self.page)
            .map(|scanned| {
                let shown = scanned
                    .iter()
                    .filter(|room| !room.deleted && self.now - room.view.until <= MONTH);
                shown.map(|room| room.view.clone()).collect()
            })
            .collect();
        if pages.is_empty() {
            pages.push(Vec::new());
        }
        Answer::Pages(pages)
    }

    fn people(&mut self, target: &Target) -> Answer {
        let page = self.page;
        match self.room(target) {
            Ok(room) if room.people.is_empty() => Answer::Roster(vec![Vec::new()]),
            Ok(room) => Answer::Roster(room.people.chunks(page).map(<[_]>::to_vec).collect()),
            Err(answer) => answer,
        }
    }

    fn patch(&mut self, target: &Target, people: &People) -> Answer {
        if let Some(answer) = wrong_role(people) {
            return answer;
        }
        let room = match self.room(target) {
            Ok(room) => room,
            Err(answer) => return answer,
        };
        if let Some((bad, _)) = people.iter().find(|(number, _)| *number >= FIRST_STRANGE_PERSON) {
            let bad = person(*bad);
            return refused(400, format!("Communication identifier {bad} is not supported."));
        }
        for (number, said) in people {
            let known = room.people.iter_mut().find(|(other, _)| other == number);
            match (said, known) {
                (Said::Gone, _) => room.people.retain(|(other, _)| other != number),
                (said, Some(known)) => known.1 = said.role().unwrap_or(known.1),
                (said, None) => room.people.push((*number, said.role().unwrap_or("Attendee"))),
            }
        }
        Answer::Patched
    }
}

impl Said {
    fn role(&self) -> Option<&'static str> {
        match self {
            Self::Role(role) => Some(role),
            _ => None,
        }
    }
}

fn wrong_role(people: &People) -> Option<Answer> {
    let wrong = |said: &Said| said.role().is_some_and(|role| !ROLES.contains(&role));
    people.iter().any(|(_, said)| wrong(said)).then(|| {
        refused(
            400,
            "Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, \
             Collaborator.",
        )
    })
}

fn wrong_end(until: i64, from: Option<i64>) -> Option<String> {
    if until <= 0 {
        return Some("The time range end is in the past.".to_owned());
    }
    let length = until - from?;
    (length <= 0 || length > HALF_YEAR)
        .then(|| "The time range is incorrect, or larger than 180 days.".to_owned())
}
