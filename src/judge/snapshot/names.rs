//! Names for what differs from run to run. The same thing has the same name everywhere in a
//! scenario, so that identity survives.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;

/// What a text may hold that is named: a user, a token, a time, a uuid, a continuation, a room. The
/// alternatives are tried from left to right. No groups: they would cost more than all the rest.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        8:(?:acs|dod-acs|gcch-acs):[0-9a-fA-F-]+_[0-9a-fA-F-]+
        | eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*
        | [0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})
        | (?-u:\b)[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?-u:\b)
        | nextLink=[^&\s]+
        | (?-u:\b)[0-9]{15,20}(?-u:\b)
        ",
    )
    .ok()
});

/// Which of them a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Token,
    Time,
    Uuid,
    Link,
    Room,
}

impl Kind {
    /// They tell themselves apart by how they begin, and where their first hyphen is.
    fn of(found: &str) -> Self {
        match found.bytes().position(|byte| !byte.is_ascii_hexdigit()) {
            None => Self::Room,
            Some(1) if found.starts_with("8:") => Self::User,
            Some(4) if found.as_bytes().get(4) == Some(&b'-') => Self::Time,
            Some(8) if found.as_bytes().get(8) == Some(&b'-') => Self::Uuid,
            _ if found.starts_with("nextLink=") => Self::Link,
            _ => Self::Token,
        }
    }
}

/// The names given so far in one case.
#[derive(Debug, Default)]
pub(super) struct Names {
    rooms: Vec<String>,
    users: Vec<String>,
    tokens: Vec<String>,
    uuids: Vec<String>,
    times: Times,
    /// Addresses of the world, to be left out of texts.
    endpoints: Vec<String>,
}

/// Instants by millisecond. Those that the service made itself are told apart by whose they are:
/// two rooms created within one millisecond have two instants all the same.
#[derive(Debug, Default)]
struct Times {
    count: usize,
    by_instant: HashMap<(String, i64), usize>,
    /// The exact text that the service gave, which finds the instant again in prints.
    by_text: HashMap<String, usize>,
    /// Instants that the scenario chose.
    chosen: HashSet<i64>,
}

impl Names {
    /// Takes note of an instant that was sent.
    pub fn choose(&mut self, text: &str) {
        if let Some(at) = crate::acs::time::parse(text) {
            self.times.chosen.insert(at.timestamp_millis());
        }
    }

    pub fn add_endpoint(&mut self, endpoint: String) {
        if !self.endpoints.contains(&endpoint) {
            self.endpoints.push(endpoint);
        }
    }

    /// The text with names for all that is named; `owner` is whose instants these are, `now` the
    /// step's.
    pub fn apply(&mut self, text: &str, owner: &str, now: DateTime<Utc>) -> String {
        let mut text = text.to_owned();
        for endpoint in &self.endpoints {
            if text.contains(endpoint.as_str()) {
                text = text.replace(endpoint.as_str(), "<endpoint>");
            }
        }
        let Some(regex) = NAMED.as_ref() else { return text };
        let mut named = String::with_capacity(text.len());
        let mut end = 0;
        for whole in regex.find_iter(&text) {
            named.push_str(text.get(end..whole.start()).unwrap_or_default());
            let found = whole.as_str();
            match Kind::of(found) {
                Kind::User => number(&mut named, "user", &mut self.users, found),
                Kind::Room => number(&mut named, "room", &mut self.rooms, found),
                Kind::Token => number(&mut named, "token", &mut self.tokens, found),
                Kind::Uuid => number(&mut named, "uuid", &mut self.uuids, found),
                Kind::Link => named.push_str("nextLink=<continuation>"),
                Kind::Time => self.times.name(&mut named, found, owner, now),
            }
            end = whole.end();
        }
        named.push_str(text.get(end..).unwrap_or_default());
        named
    }

    /// Where a user stands among those seen, for sorting; unknown ones come last.
    pub fn rank_of_user(&self, id: &str) -> usize {
        self.users.iter().position(|known| known == id).unwrap_or(usize::MAX)
    }
}

fn number(into: &mut String, kind: &str, known: &mut Vec<String>, found: &str) {
    let index = known.iter().position(|one| one == found).unwrap_or_else(|| {
        known.push(found.to_owned());
        known.len() - 1
    });
    // Writing to a String cannot fail.
    let _ = write!(into, "<{kind}:{}>", index + 1);
}

impl Times {
    fn name(&mut self, into: &mut String, text: &str, owner: &str, now: DateTime<Utc>) {
        let Some(at) = crate::acs::time::parse(text) else { return into.push_str(text) };
        let millis = at.timestamp_millis();
        let chosen = self.chosen.contains(&millis) && !owner.ends_with(OWN_CREATION);
        let key = (if chosen { "" } else { owner }.to_owned(), millis);
        let known = if owner.is_empty() {
            self.of_free_text(text, &key, chosen)
        } else {
            self.by_instant.get(&key).copied()
        };
        if let Some(number) = known {
            self.by_text.entry(text.to_owned()).or_insert(number);
            let _ = write!(into, "<time:{number}>");
            return;
        }
        self.count += 1;
        self.by_instant.insert(key, self.count);
        self.by_text.insert(text.to_owned(), self.count);
        let _ = write!(into, "<time:{} = {}>", self.count, distance(at - now));
    }

    /// An instant in a print: the one of exactly this text, else the one that the scenario chose,
    /// else whoever's it was.
    fn of_free_text(&self, text: &str, key: &(String, i64), chosen: bool) -> Option<usize> {
        let exact = self.by_text.get(text).or_else(|| self.by_instant.get(key)).copied();
        let of_any_owner = || {
            let same = self.by_instant.iter().filter(|((_, known), _)| *known == key.1);
            same.map(|(_, number)| *number).min()
        };
        exact.or_else(|| if chosen { None } else { of_any_owner() })
    }
}

/// Never mistaken for an instant that the scenario chose.
pub(super) const OWN_CREATION: &str = "creation";

/// `now`, `now+28d`, `now-1h5m`: to the minute.
fn distance(delta: TimeDelta) -> String {
    let half = TimeDelta::seconds(if delta < TimeDelta::zero() { -30 } else { 30 });
    let minutes = (delta + half).num_minutes();
    if minutes == 0 {
        return "now".to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    let mut text = format!("now{sign}");
    for (size, unit) in [(1440, 'd'), (60, 'h'), (1, 'm')] {
        let count = match unit {
            'd' => minutes / size,
            'h' => minutes % 1440 / size,
            _ => minutes % 60,
        };
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        crate::acs::time::parse("2026-01-01T00:00:00.123Z").unwrap_or_default()
    }

    #[test]
    fn each_kind_is_told_from_the_others() {
        for (text, kind) in [
            ("8:acs:aa_bb", Kind::User),
            ("8:gcch-acs:a-a_b-b", Kind::User),
            ("eyJa.b.c", Kind::Token),
            ("eyJhbGci.eyJl-eHAi.", Kind::Token),
            ("2026-01-01T00:00:00Z", Kind::Time),
            ("2026-01-01t00:00:00.1234567+00:00", Kind::Time),
            ("deadbeef-dead-beef-dead-beefdeadbeef", Kind::Uuid),
            ("12345678-1234-1234-1234-123456789012", Kind::Uuid),
            ("nextLink=8:acs", Kind::Link),
            ("99412345678901234", Kind::Room),
        ] {
            let found = NAMED.as_ref().and_then(|regex| regex.find(text)).map(|it| it.as_str());
            assert_eq!((found, Kind::of(text)), (Some(text), kind));
        }
    }

    #[test]
    fn the_same_thing_has_the_same_name_everywhere() {
        let mut names = Names::default();
        let text = "room 99412345678901234 of 8:acs:aa_bb, not 99412345678901235";
        assert_eq!(names.apply(text, "", now()), "room <room:1> of <user:1>, not <room:2>");
        assert_eq!(names.apply("99412345678901235", "", now()), "<room:2>");
    }

    #[test]
    fn an_instant_is_named_with_its_distance_once_and_however_spelt() {
        let mut names = Names::default();
        names.choose("2026-01-29T00:00:00.123Z");
        let first = names.apply("2026-01-29T00:00:00.123+00:00", "room", now());
        assert_eq!(first, "<time:1 = now+28d>");
        assert_eq!(names.apply("2026-01-29T00:00:00.1230000Z", "other", now()), "<time:1>");
        assert_eq!(names.apply("2026-01-01T01:05:10Z", "", now()), "<time:2 = now+1h5m>");
        assert_eq!(names.apply("2025-12-31T23:58:00Z", "", now()), "<time:3 = now-2m>");
    }

    #[test]
    fn two_rooms_made_within_a_millisecond_keep_two_instants() {
        let mut names = Names::default();
        let (one, two) = ("2026-01-01T00:00:00.1234Z", "2026-01-01T00:00:00.1239Z");
        assert_eq!(names.apply(one, "a", now()), "<time:1 = now>");
        assert_eq!(names.apply(two, "b", now()), "<time:2 = now>");
        assert_eq!(names.apply(two, "", now()), "<time:2>");
    }

    #[test]
    fn a_chosen_instant_is_never_taken_for_a_creation_within_the_same_millisecond() {
        let mut names = Names::default();
        let created = "2026-01-01T00:00:00.1234567+00:00";
        assert_eq!(names.apply(created, "room creation", now()), "<time:1 = now>");
        names.choose("2026-01-01T00:00:00.123Z");
        let chosen = "2026-01-01T00:00:00.123+00:00";
        assert_eq!(names.apply(chosen, "room", now()), "<time:2 = now>");
        assert_eq!(names.apply(created, "room creation", now()), "<time:1>");
        assert_eq!(names.apply(created, "", now()), "<time:1>", "in a print");
        assert_eq!(names.apply(chosen, "", now()), "<time:2>", "in a print");
    }

    #[test]
    fn addresses_tokens_and_continuations_are_named_too() {
        let mut names = Names::default();
        names.add_endpoint("https://localhost:4711".to_owned());
        let link = "https://localhost:4711/rooms?nextLink=a%2Fb&api-version=v";
        assert_eq!(
            names.apply(link, "", now()),
            "<endpoint>/rooms?nextLink=<continuation>&api-version=v"
        );
        assert_eq!(names.apply("eyJhbGci.eyJleHAi.c2ln", "", now()), "<token:1>");
    }
}
