//! The shapes of ids: communication identifiers (raw ids) and room ids.
//!
//! Owns shapes only: whether somebody exists or belongs to a resource is the service's to know.

/// Prefixes of communication users in the clouds that have them.
const PREFIXES: [&str; 3] = ["8:acs:", "8:dod-acs:", "8:gcch-acs:"];

/// Whether this is the raw id of a communication user: `8:acs:<guid>_<guid-shaped>`.
///
/// The second half is no version-4 GUID (recorded: `00000018-3fd2-8821-a381-09482200ee3f`), so
/// only its shape counts. Phone numbers, Teams users and bots are no participants (documented).
pub fn is_communication_identifier(text: &str) -> bool {
    identifier_halves(text).is_some()
}

/// The GUID of the resource that an identity's raw id names.
pub fn resource_of(text: &str) -> Option<&str> {
    identifier_halves(text).map(|(resource, _)| resource)
}

fn identifier_halves(text: &str) -> Option<(&str, &str)> {
    let rest = PREFIXES.into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let (resource, user) = rest.split_once('_')?;
    (is_guid_shaped(resource) && is_guid_shaped(user)).then_some((resource, user))
}

/// Hex digits in groups of 8-4-4-4-12.
pub fn is_guid_shaped(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Lengths of room ids that pass. Recorded: 3, 7 and 10 do not, 16 to 18 do; the rest is assumed.
pub const ROOM_ID_LENGTHS: std::ops::RangeInclusive<usize> = 15..=20;

/// What is wrong with a room id; length is looked at first (recorded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoomIdFault {
    #[error("Invalid room ID length.")]
    Length,
    #[error("Invalid room ID.")]
    Digits,
}

/// Checks the shape of a room id.
///
/// # Errors
///
/// With the service's own words when the length is not one of [`ROOM_ID_LENGTHS`] or a character
/// is no digit.
pub fn check_room_id(text: &str) -> Result<(), RoomIdFault> {
    if !ROOM_ID_LENGTHS.contains(&text.chars().count()) {
        return Err(RoomIdFault::Length);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(()) } else { Err(RoomIdFault::Digits) }
}

/// Whether this has the shape of a room id.
pub fn is_room_id(text: &str) -> bool {
    check_room_id(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORDED: &str =
        "8:acs:db75ed0c-e801-41a3-99a4-66a0a119a06c_00000018-3fd2-8821-a381-09482200ee3f";

    #[test]
    fn users_of_all_three_clouds_are_communication_identifiers() {
        for text in [
            RECORDED.to_owned(),
            RECORDED.replace("8:acs:", "8:dod-acs:"),
            RECORDED.replace("8:acs:", "8:gcch-acs:"),
        ] {
            assert!(is_communication_identifier(&text), "{text}");
        }
        assert_eq!(resource_of(RECORDED), Some("db75ed0c-e801-41a3-99a4-66a0a119a06c"));
    }

    #[test]
    fn phones_teams_users_and_bots_are_none() {
        let guid = "db75ed0c-e801-41a3-99a4-66a0a119a06c";
        for text in [
            "wrong_mri".to_owned(),
            "4:+12345556789".to_owned(),
            format!("8:orgid:{guid}"),
            format!("28:{guid}"),
            format!("8:acs:{guid}"),
            format!("8:acs:{guid}_{guid}0"),
            format!("8:ACS:{guid}_{guid}"),
            format!(" 8:acs:{guid}_{guid}"),
            String::new(),
        ] {
            assert!(!is_communication_identifier(&text), "{text}");
        }
    }

    #[test]
    fn a_room_id_is_judged_by_length_first_and_digits_then() {
        for recorded in ["invalid_id", "123", "1234567"] {
            assert_eq!(check_room_id(recorded), Err(RoomIdFault::Length), "{recorded}");
        }
        assert_eq!(check_room_id("non-existingroomId"), Err(RoomIdFault::Digits));
        assert_eq!(check_room_id("78469124725336262"), Ok(()));
        assert_eq!(check_room_id(&"9".repeat(14)), Err(RoomIdFault::Length));
        assert_eq!(check_room_id(&"9".repeat(21)), Err(RoomIdFault::Length));
    }

    proptest! {
        #[test]
        fn fifteen_to_twenty_digits_are_a_room_id(text in "[0-9]{15,20}") {
            prop_assert!(is_room_id(&text));
        }

        #[test]
        fn one_changed_character_spoils_an_identifier(index in 0_usize..79, other in "[g-z!é]") {
            let mut text: Vec<char> = RECORDED.chars().collect();
            prop_assume!(index < text.len());
            text[index] = other.chars().next().unwrap();
            let text: String = text.into_iter().collect();
            prop_assume!(text != RECORDED);
            prop_assert!(!is_communication_identifier(&text));
        }
    }
}
