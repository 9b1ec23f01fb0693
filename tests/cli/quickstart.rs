//! The two scenarios of the official page: what they print, and that every word of them counts.

use super::running::{project, quickstart, run, scenario, text};

#[test]
fn the_quickstart_prints_what_the_official_one_prints() {
    let (exit, out, _) = run(&["scenarios/quickstart.yaml"]);
    assert_eq!(exit, 0);
    let after = |label: &str| {
        out.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{out}"))
    };
    let id = after("Created a room with id:  ");
    assert!(id.len() >= 15 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    let (created, from, until) =
        (after("Created date time: "), after("Valid From: "), after("Valid Until: "));
    for time in [created, from, until] {
        assert!(acs_conformance::acs::time::parse(time).is_some(), "{time}");
    }
    let users: Vec<&str> =
        out.lines().filter(|line| line.starts_with("8:acs:")).filter_map(first_word).collect();
    let [presenter, attendee, collaborator] = users[..] else { panic!("three users in\n{out}") };
    let expected = format!(
        "Azure Communication Services - Rooms Quickstart

Created a room with id:  {id}

Retrieved room with id:  {id}

Updated room with validFrom: {from}, validUntil: {until} and pstn_dial_out_enabled: True

Printing the first room in list
Room Id: {id}
Created date time: {created}
Valid From: {from}
Valid Until: {until}
PSTN Dial-Out Enabled: True

Add or update participants in room

Participants in Room Id : {id}
{presenter} Presenter
{attendee} Attendee
{collaborator} Collaborator

Removed participants from room

Deleted room with id: {id}
"
    );
    assert_eq!(out, expected);
}

fn first_word(line: &str) -> Option<&str> {
    line.split(' ').next()
}

#[test]
fn whichever_role_of_the_quickstart_is_changed_it_fails() {
    let original =
        std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
    let places: Vec<(usize, &str)> = ["Presenter", "Consumer", "Attendee", "Collaborator"]
        .iter()
        .flat_map(|role| original.match_indices(role))
        .collect();
    assert_eq!(places.len(), 9);
    for (at, role) in places {
        let other = if role == "Attendee" { "Consumer" } else { "Attendee" };
        let changed = format!("{}{other}{}", &original[..at], &original[at + role.len()..]);
        let (_folder, path) = scenario(&changed);
        let (exit, _, err) = run(&[text(&path)]);
        assert_eq!(exit, 1, "the {role} at {at}:\n{err}");
    }
}

#[test]
fn whichever_key_of_the_quickstart_is_misspelt_it_exits_2() {
    for key in [
        "name",
        "about",
        "evidence",
        "documented",
        "api-versions",
        "tags",
        "targets",
        "print",
        "steps",
        "call",
        "id",
        "op",
        "expect",
        "ok",
        "matches",
        "with",
        "valid_from",
        "valid_until",
        "pstn_dial_out_enabled",
        "participants",
        "role",
        "exchange",
        "status",
        "headers",
        "request",
        "body",
        "room_id",
        "keep",
        "for_each",
        "text",
        "unordered",
        "error",
        "code",
    ] {
        let original =
            std::fs::read_to_string(project().join("scenarios/quickstart.yaml")).expect("it");
        let at = original
            .match_indices(&format!("{key}:"))
            .map(|(at, _)| at)
            .find(|at| !original[..*at].ends_with(|one: char| one.is_alphanumeric() || one == '_'))
            .unwrap_or_else(|| panic!("{key} is in the quickstart"));
        let changed = format!("{}{key}x:{}", &original[..at], &original[at + key.len() + 1..]);
        let (_folder, path) = scenario(&changed);
        let (exit, out, err) = run(&[text(&path)]);
        assert_eq!((exit, out.as_str()), (2, ""), "{key}:\n{err}");
        assert!(err.contains("one.yaml:"), "{key} has a place:\n{err}");
    }
}

#[test]
fn with_dial_out_off_the_quickstart_prints_false() {
    let (_folder, path) = quickstart(&[
        ("pstn_dial_out_enabled: true", "pstn_dial_out_enabled: false"),
        ("pstnDialOutEnabled: true", "pstnDialOutEnabled: false"),
    ]);
    let (exit, out, err) = run(&[text(&path)]);
    assert_eq!(exit, 0, "{err}");
    assert!(out.contains("and pstn_dial_out_enabled: False"), "{out}");
    assert!(out.contains("PSTN Dial-Out Enabled: False") && !out.contains("True"), "{out}");
}

#[test]
fn the_telephone_section_prints_both_states() {
    let (exit, out, _) = run(&["scenarios/pstn.yaml"]);
    assert_eq!(exit, 0);
    assert_eq!(
        out,
        "Created room with pstn_dial_out_enabled: True\n\nUpdated room with \
         pstn_dial_out_enabled: False\n"
    );
}
