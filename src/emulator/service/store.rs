//! The rooms of a resource in order of creation, deleted ones included.
//!
//! Ordered, so that a page in the middle of a million rooms costs what the first one does.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::room::Room;

/// The place of a record in the list: by creation time, ties by order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// `createdAt` in microseconds of the epoch and hundreds of nanoseconds.
    pub ticks: i64,
    pub sequence: u64,
}

/// What stands in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Room(Box<Room>),
    /// A deleted room: still scanned by lists, never shown.
    Tombstone {
        id: u64,
    },
}

/// What is known of an id.
#[derive(Debug)]
pub(super) enum Found<'a> {
    Room(&'a mut Room),
    Deleted,
    Never,
}

/// All records of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rooms {
    records: BTreeMap<Key, Record>,
    places: BTreeMap<u64, Key>,
    next_sequence: u64,
}

/// Hundreds of nanoseconds since the epoch.
pub(super) fn ticks(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros().saturating_mul(10)
        + i64::from(instant.timestamp_subsec_nanos() % 1_000 / 100)
}

/// The instant of [`ticks`].
pub(super) fn instant(ticks: i64) -> Option<DateTime<Utc>> {
    let micros = DateTime::from_timestamp_micros(ticks.div_euclid(10))?;
    micros.checked_add_signed(chrono::TimeDelta::nanoseconds(ticks.rem_euclid(10) * 100))
}

impl Rooms {
    pub fn contains(&self, id: u64) -> bool {
        self.places.contains_key(&id)
    }

    pub fn insert(&mut self, room: Room) {
        let (id, key) = (room.id, self.next_key(room.created_at));
        self.put(key, id, Record::Room(Box::new(room)));
    }

    pub fn insert_tombstone(&mut self, id: u64, created_at: DateTime<Utc>) {
        let key = self.next_key(created_at);
        self.put(key, id, Record::Tombstone { id });
    }

    fn next_key(&mut self, created_at: DateTime<Utc>) -> Key {
        self.next_sequence += 1;
        Key { ticks: ticks(created_at), sequence: self.next_sequence }
    }

    fn put(&mut self, key: Key, id: u64, record: Record) {
        self.records.insert(key, record);
        self.places.insert(id, key);
    }

    /// Looks an id up. Ids are compared as text is: leading zeros make another id.
    pub fn find(&mut self, id: &str) -> Found<'_> {
        let Some(key) = number(id).and_then(|id| self.places.get(&id)) else {
            return Found::Never;
        };
        match self.records.get_mut(key) {
            Some(Record::Room(room)) => Found::Room(room),
            Some(Record::Tombstone { .. }) => Found::Deleted,
            None => Found::Never,
        }
    }

    /// Turns a room into a tombstone. A deleted id stays deleted.
    pub fn delete(&mut self, id: &str) {
        let Some(id) = number(id) else { return };
        if let Some(record) = self.places.get(&id).and_then(|key| self.records.get_mut(key)) {
            *record = Record::Tombstone { id };
        }
    }

    /// The records after `after`, newest first.
    pub fn scan(&self, after: Option<Key>) -> impl Iterator<Item = (Key, &Record)> {
        let range = match after {
            Some(key) => self.records.range(..key),
            None => self.records.range(..),
        };
        range.rev().map(|(key, record)| (*key, record))
    }

    /// All records, oldest first.
    pub fn records(&self) -> impl Iterator<Item = (Key, &Record)> {
        self.records.iter().map(|(key, record)| (*key, record))
    }

    /// How many rooms exist, tombstones not counted.
    pub fn len(&self) -> usize {
        self.records.values().filter(|record| matches!(record, Record::Room(_))).count()
    }
}

fn number(id: &str) -> Option<u64> {
    if id.starts_with('0') { None } else { id.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::time;

    fn room(id: u64, created: &str) -> Room {
        let created_at = time::parse(created).unwrap();
        Room {
            id,
            created_at,
            valid_from: created_at,
            valid_until: created_at,
            dial_out: false,
            participants: Vec::new(),
            next_sequence: 0,
        }
    }

    #[test]
    fn the_newest_comes_first_and_ties_go_by_order_of_creation() {
        let mut rooms = Rooms::default();
        for (id, created) in
            [(1, "2026-01-02T00:00:00Z"), (2, "2026-01-01T00:00:00Z"), (3, "2026-01-02T00:00:00Z")]
        {
            rooms.insert(room(id, created));
        }
        let order: Vec<u64> = rooms
            .scan(None)
            .map(|(_, record)| match record {
                Record::Room(room) => room.id,
                Record::Tombstone { id } => *id,
            })
            .collect();
        assert_eq!(order, [3, 1, 2]);
        let middle = rooms.scan(None).nth(1).map(|(key, _)| key);
        assert_eq!(rooms.scan(middle).count(), 1);
    }

    #[test]
    fn a_deleted_room_leaves_a_tombstone_in_its_place() {
        let mut rooms = Rooms::default();
        rooms.insert(room(1, "2026-01-01T00:00:00Z"));
        rooms.delete("1");
        rooms.delete("2");
        assert!(matches!(rooms.find("1"), Found::Deleted));
        assert!(matches!(rooms.find("2"), Found::Never));
        assert!(matches!(rooms.find("01"), Found::Never));
        assert_eq!((rooms.scan(None).count(), rooms.len()), (1, 0));
    }

    #[test]
    fn ticks_keep_an_instant_to_the_last_of_its_seven_digits() {
        for text in
            ["2026-01-01T00:00:00.1234567Z", "1969-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z"]
        {
            let at = time::parse(text).unwrap();
            assert_eq!(instant(ticks(at)), Some(at));
        }
    }
}
