//! Everything accidental that the service hands out: ids and the marks of an answer.
//!
//! A draw is a function of seed and count, so that state can be written down and go on elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::acs::time::digits;
use crate::emulator::seed::{Seed, leading_number};

/// Room ids are `994` and a number below this, unpadded (recorded: 17 digits, one in ten 16).
const ROOM_NUMBERS: u64 = 100_000_000_000_000;
/// Below this an id would be too short to pass the service's own check.
const SHORTEST_ROOM_NUMBER: u64 = 1_000_000_000_000;

/// The source of ids of one resource.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ids {
    seed: [u8; 32],
    rooms: u64,
    users: u64,
    /// Not part of the state: marks of answers need not go on where they were.
    #[serde(skip)]
    answers: u64,
}

impl Ids {
    pub fn new(seed: Seed) -> Self {
        Self { seed: seed.bytes(), rooms: 0, users: 0, answers: 0 }
    }

    fn draw(&self, label: &str, number: u64) -> [u8; 32] {
        Seed::from_bytes(self.seed).draw(label, number)
    }

    /// The GUID of the resource.
    pub fn resource(&self) -> String {
        let bytes = self.draw("resource", 0);
        let number = bytes.iter().take(16).fold(0_u128, |all, byte| all << 8 | u128::from(*byte));
        guid_text(number)
    }

    /// The next room id.
    pub fn room(&mut self) -> u64 {
        loop {
            self.rooms += 1;
            let number = leading_number(&self.draw("room", self.rooms)) % ROOM_NUMBERS;
            if number >= SHORTEST_ROOM_NUMBER {
                let scale = 10_u64.pow(number.ilog10() + 1);
                return 994 * scale + number;
            }
        }
    }

    /// The second half of the next identity's raw id, as a number; later ones are greater.
    ///
    /// Recorded ones begin with a small number and hold `3a0d00` in the last group.
    pub fn user(&mut self) -> u128 {
        self.users += 1;
        let bytes = self.draw("user", self.users);
        let [a, b, c, d, e, ..] = bytes.map(u128::from);
        let last = (a << 40) | (0x003a_0d00 << 16) | (b << 8) | c;
        (0x2a << 96) | (u128::from(self.users & 0xffff_ffff) << 64) | (d << 56) | (e << 48) | last
    }

    /// The marks of the next answer: `MS-CV` and `x-azure-ref`.
    pub fn answer(&mut self, now: DateTime<Utc>) -> (String, String) {
        self.answers += 1;
        let bytes = self.draw("answer", self.answers);
        let (vector, rest) = bytes.split_at(16);
        let mut correlation = String::with_capacity(24);
        STANDARD_NO_PAD.encode_string(vector, &mut correlation);
        correlation.push_str(".0");
        let mut front_door = String::with_capacity(33);
        digits(&mut front_door, now.year().unsigned_abs(), 4);
        digits(&mut front_door, now.month(), 2);
        digits(&mut front_door, now.day(), 2);
        front_door.push('T');
        digits(&mut front_door, now.hour(), 2);
        digits(&mut front_door, now.minute(), 2);
        digits(&mut front_door, now.second(), 2);
        front_door.push_str("Z-");
        front_door.extend(rest.iter().map(|byte| char::from(b'a' + byte % 26)));
        (correlation, front_door)
    }
}

/// A number as lower-case groups of 8-4-4-4-12.
pub(super) fn guid_text(number: u128) -> String {
    let hex = format!("{number:032x}");
    let group = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
}

/// The number that GUID-shaped text stands for.
pub(super) fn guid_number(text: &str) -> Option<u128> {
    u128::from_str_radix(&text.replace('-', ""), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier;
    use crate::acs::time;

    #[test]
    fn room_ids_look_like_recorded_ones() {
        let mut ids = Ids::new(Seed::from_number(1));
        let rooms: Vec<String> = (0..2000).map(|_| ids.room().to_string()).collect();
        assert!(rooms.iter().all(|id| id.starts_with("994") && identifier::is_room_id(id)));
        let short = rooms.iter().filter(|id| id.len() == 16).count();
        assert!((100..300).contains(&short), "{short} of 2000 have 16 digits");
        assert!(rooms.iter().all(|id| (15..=17).contains(&id.len())));
    }

    #[test]
    fn identities_look_like_recorded_ones_and_grow() {
        let mut ids = Ids::new(Seed::from_number(1));
        let users: Vec<u128> = (0..100).map(|_| ids.user()).collect();
        assert!(users.is_sorted());
        for user in users {
            let text = guid_text(user);
            assert!(identifier::is_guid_shaped(&text), "{text}");
            assert!(text.starts_with("0000002a-") && text[24..].contains("3a0d00"), "{text}");
            assert_eq!(guid_number(&text), Some(user));
        }
    }

    #[test]
    fn an_answer_is_marked_as_recorded_ones_are() {
        let now = time::parse("2025-03-06T00:20:02Z").unwrap();
        let (vector, front_door) = Ids::new(Seed::from_number(1)).answer(now);
        assert_eq!(vector.len(), 24);
        assert!(vector.ends_with(".0"));
        assert!(front_door.starts_with("20250306T002002Z-"), "{front_door}");
    }
}
