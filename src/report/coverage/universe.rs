//! All there is to cover. Written by hand from what the service is known to answer, so that a
//! forgotten case shows as a hole; used by no part of the emulator.

use super::{Kind, Point};
use crate::acs::{Operation, Service};

/// The roles that every served api-version of rooms accepts.
const ROLES: &[&str] = &["role=Presenter", "role=Attendee", "role=Consumer", "role=Collaborator"];
const DIAL_OUT: &[&str] = &["pstnDialOutEnabled=true", "pstnDialOutEnabled=false"];
const SCOPES: &[&str] = &["scope=chat", "scope=voip"];

/// What can happen to one operation.
struct Facts {
    statuses: &'static [u16],
    codes: &'static [&'static str],
    parameters: &'static [&'static str],
    values: &'static [&'static [&'static str]],
}

/// All points of the services' served api-versions, of `only` where it names one.
pub fn universe(only: Option<&str>) -> Vec<Point> {
    let mut points = Vec::new();
    for operation in Operation::ALL {
        for version in operation.service().versions() {
            if only.is_none_or(|only| only == *version) {
                push(operation, version, &mut points);
            }
        }
    }
    points
}

fn push(operation: Operation, version: &str, points: &mut Vec<Point>) {
    let facts = facts(operation);
    let mut add = |kind, name: String| {
        // Dialling out came with the second api-version of rooms.
        if version == "2023-06-14" && name.starts_with("pstnDialOutEnabled") {
            return;
        }
        points.push(Point {
            api_version: version.to_owned(),
            operation: operation.name(),
            kind,
            name,
        });
    };
    facts.statuses.iter().for_each(|status| add(Kind::Status, status.to_string()));
    facts.codes.iter().for_each(|code| add(Kind::ErrorCode, (*code).to_owned()));
    facts.parameters.iter().for_each(|name| add(Kind::Parameter, (*name).to_owned()));
    for value in facts.values.iter().copied().flatten() {
        add(Kind::Value, (*value).to_owned());
    }
}

const fn facts(operation: Operation) -> Facts {
    match operation.service() {
        Service::Identity => identity(operation),
        Service::Rooms => rooms(operation),
    }
}

const fn identity(operation: Operation) -> Facts {
    let (statuses, codes, parameters, values): (
        &'static [u16],
        &'static [_],
        &'static [_],
        &'static [_],
    ) = match operation {
        Operation::CreateUser => (
            &[201, 400, 401],
            &["ValidationError", "Denied"],
            &["createTokenWithScopes", "expiresInMinutes"],
            &[SCOPES],
        ),
        Operation::IssueToken => (
            &[200, 400, 401, 404],
            &["ValidationError", "Denied", "IdentityNotOwned", "NotFound"],
            &["scopes", "expiresInMinutes"],
            &[SCOPES],
        ),
        _ => (&[204, 401], &["Denied", "IdentityNotOwned"], &[], &[]),
    };
    Facts { statuses, codes, parameters, values }
}

const fn rooms(operation: Operation) -> Facts {
    let (statuses, codes, parameters, values): (
        &'static [u16],
        &'static [_],
        &'static [_],
        &'static [_],
    ) = match operation {
        Operation::CreateRoom => (
            &[201, 400, 401],
            &["BadRequest", "Denied"],
            &["validFrom", "validUntil", "pstnDialOutEnabled", "participants"],
            &[ROLES, DIAL_OUT],
        ),
        Operation::UpdateRoom => (
            &[200, 400, 401, 404],
            &["BadRequest", "Denied", "NotFound"],
            &["validFrom", "validUntil", "pstnDialOutEnabled"],
            &[DIAL_OUT],
        ),
        Operation::GetRoom => {
            (&[200, 400, 401, 404], &["BadRequest", "Denied", "NotFound"], &[], &[])
        }
        Operation::DeleteRoom => {
            (&[204, 400, 401, 404], &["BadRequest", "Denied", "NotFound"], &[], &[])
        }
        Operation::ListRooms => (&[200, 400, 401], &["BadRequest", "Denied"], &["nextLink"], &[]),
        Operation::ListParticipants => {
            (&[200, 400, 401, 404], &["BadRequest", "Denied", "NotFound"], &["nextLink"], &[ROLES])
        }
        Operation::AddOrUpdateParticipants => (
            &[200, 400, 401, 404],
            &["BadRequest", "Denied", "NotFound"],
            &["participants"],
            &[ROLES],
        ),
        _ => (&[200, 400, 401, 404], &["BadRequest", "Denied", "NotFound"], &["participants"], &[]),
    };
    Facts { statuses, codes, parameters, values }
}

#[cfg(test)]
mod tests {
    use super::universe;

    #[test]
    fn no_point_is_counted_twice() {
        let mut points = universe(None);
        let all = points.len();
        points.sort();
        points.dedup();
        assert_eq!(points.len(), all);
        assert!(all > 400, "{all}");
    }

    #[test]
    fn one_api_version_has_only_its_own_points() {
        let points = universe(Some("2024-04-15"));
        assert!(points.iter().all(|point| point.api_version == "2024-04-15"));
        assert!(!points.is_empty());
    }
}
