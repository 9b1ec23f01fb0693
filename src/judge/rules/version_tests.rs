//! The api-version of a request: there, once, a date.

use crate::judge::rules::sample::*;
use crate::transcript::Transcript;

fn asked(target: &str) -> Transcript {
    let mut request = exchange(0.0, 200, &[]);
    request.sent.target = target.to_owned();
    transcript("VER-1", vec![request])
}

#[test]
fn a_request_names_one_version_and_it_is_a_date() {
    obeys(&asked("/rooms?api-version=2025-03-13"), "VER-1");
    obeys(&asked("/rooms?api-version=2023-10-30-preview"), "VER-1");
    breaks(&asked("/rooms"), "VER-1", "has no api-version");
    breaks(&asked("/rooms?api-version="), "VER-1", "is no date");
    breaks(&asked("/rooms?api-version=ApiVersion.V2025_03_13"), "VER-1", "is no date");
    let twice = "/rooms?api-version=2025-03-13&api-version=2025-03-13";
    breaks(&asked(twice), "VER-1", "api-version is sent 2 times");
}
