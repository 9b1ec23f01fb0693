//! Did you mean …?

/// Words that mean the same to a user, what we have second.
const SYNONYMS: [(&str, &str); 15] = [
    ("add", "add_or_update"),
    ("update", "add_or_update"),
    ("upsert", "add_or_update"),
    ("set", "update"),
    ("patch", "update"),
    ("edit", "update"),
    ("modify", "update"),
    ("remove", "delete"),
    ("destroy", "delete"),
    ("delete", "remove"),
    ("new", "create"),
    ("make", "create"),
    ("read", "get"),
    ("fetch", "get"),
    ("all", "list"),
];

/// The candidate that is nearest to `word`, if one is near enough to be meant. Of words in two
/// parts, as operations are, one with the same first part and a second that means the same or
/// begins alike is nearer than one of as many letters.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let distance = distance(&word, &other);
            let contained = word.len() >= 3 && other.contains(&word);
            let kin = kinship(&word, &other);
            let near = distance <= limit || contained || kin < UNRELATED;
            // One slip of the finger is nearer than any meaning.
            let rank = if distance <= 1 { 0 } else { kin };
            near.then_some((rank, distance, candidate))
        })
        .min_by_key(|(rank, distance, _)| (*rank, *distance))
        .map(|(.., candidate)| candidate)
}

const UNRELATED: usize = 3;

/// How near two words in two parts are by what they mean: the less, the nearer.
fn kinship(word: &str, other: &str) -> usize {
    let (Some((area, verb)), Some((same, known))) = (word.rsplit_once('.'), other.rsplit_once('.'))
    else {
        return UNRELATED;
    };
    if area != same || verb.is_empty() {
        UNRELATED
    } else if verb.len() >= 3 && known.starts_with(verb) {
        1
    } else if SYNONYMS.contains(&(verb, known)) {
        2
    } else {
        UNRELATED
    }
}

/// Edits between two words: insertions, deletions, replacements and swaps of neighbours.
pub(super) fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    let width = right.len() + 1;
    let mut table = vec![0_usize; (left.len() + 1) * width];
    for row in 0..=left.len() {
        for column in 0..=right.len() {
            let at = row * width + column;
            table[at] = if row == 0 || column == 0 {
                row + column
            } else {
                let same = usize::from(left[row - 1] != right[column - 1]);
                let mut best = (table[at - width] + 1)
                    .min(table[at - 1] + 1)
                    .min(table[at - width - 1] + same);
                let swapped = row > 1
                    && column > 1
                    && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1];
                if swapped {
                    best = best.min(table[at - 2 * width - 2] + 1);
                }
                best
            };
        }
    }
    table.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_of_the_finger_finds_the_word_that_was_meant() {
        let names = ["rooms.create", "rooms.get", "participants.add_or_update"];
        assert_eq!(closest("rooms.craete", names), Some("rooms.create"));
        assert_eq!(closest("participants.add_or_updat", names), Some(names[2]));
        assert_eq!(closest("add_or_update", names), Some(names[2]));
        assert_eq!(closest("weather", names), None);
    }

    #[test]
    fn a_word_that_means_the_same_is_nearer_than_one_of_as_many_letters() {
        let names = crate::acs::Operation::ALL.map(crate::acs::Operation::name);
        for (word, meant) in [
            ("participants.add", "participants.add_or_update"),
            ("participants.update", "participants.add_or_update"),
            ("participants.delete", "participants.remove"),
            ("participants.lists", "participants.list"),
            ("rooms.remove", "rooms.delete"),
            ("rooms.patch", "rooms.update"),
            ("rooms.new", "rooms.create"),
            ("rooms.craete", "rooms.create"),
            ("identity.create", "identity.create_user"),
        ] {
            assert_eq!(closest(word, names), Some(meant), "{word}");
        }
    }
}
