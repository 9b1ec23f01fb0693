//! Which operation a request is, by method and path exactly as the service's description has them.
//!
//! Written apart from the client's and the emulator's own tables, since it judges both.

use crate::acs::Operation;
use crate::transcript::Sent;

/// Method and path of an operation; `{}` stands for one segment.
pub const fn template(operation: Operation) -> (&'static str, &'static str) {
    match operation {
        Operation::CreateUser => ("POST", "/identities"),
        Operation::IssueToken => ("POST", "/identities/{}/:issueAccessToken"),
        Operation::RevokeTokens => ("POST", "/identities/{}/:revokeAccessTokens"),
        Operation::DeleteUser => ("DELETE", "/identities/{}"),
        Operation::CreateRoom => ("POST", "/rooms"),
        Operation::ListRooms => ("GET", "/rooms"),
        Operation::GetRoom => ("GET", "/rooms/{}"),
        Operation::UpdateRoom => ("PATCH", "/rooms/{}"),
        Operation::DeleteRoom => ("DELETE", "/rooms/{}"),
        Operation::ListParticipants => ("GET", "/rooms/{}/participants"),
        Operation::AddOrUpdateParticipants | Operation::RemoveParticipants => {
            ("PATCH", "/rooms/{}/participants")
        }
    }
}

/// The operation of a request, if its line is that of one. The two that share a route are told
/// apart by nothing here: [`Operation::AddOrUpdateParticipants`] stands for both.
pub fn operation(sent: &Sent) -> Option<Operation> {
    Operation::ALL.into_iter().find(|operation| fits(*operation, sent))
}

/// Whether method and path are those of `operation`, case and all.
pub fn fits(operation: Operation, sent: &Sent) -> bool {
    let (method, path) = template(operation);
    let mut given = sent.path().split('/');
    let wanted = path.split('/');
    method == sent.method
        && wanted.clone().count() == given.clone().count()
        && wanted.zip(&mut given).all(|(want, have)| match want {
            "{}" => !have.is_empty(),
            _ => want == have,
        })
}

/// The status that a success of `operation` has.
pub const fn success(operation: Operation) -> u16 {
    match operation {
        Operation::CreateUser | Operation::CreateRoom => 201,
        Operation::RevokeTokens | Operation::DeleteUser | Operation::DeleteRoom => 204,
        _ => 200,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Headers;

    fn sent(method: &str, target: &str) -> Sent {
        Sent {
            method: method.to_owned(),
            scheme: "https".to_owned(),
            authority: "localhost".to_owned(),
            target: target.to_owned(),
            protocol: "HTTP/1.1".to_owned(),
            headers: Headers::default(),
            body: bytes::Bytes::new(),
        }
    }

    #[test]
    fn a_path_fits_segment_by_segment_and_case_by_case() {
        let of = |method, target| operation(&sent(method, target));
        assert_eq!(of("GET", "/rooms/1/participants?x"), Some(Operation::ListParticipants));
        assert_eq!(
            of("POST", "/identities/8:acs:a/:issueAccessToken"),
            Some(Operation::IssueToken)
        );
        for (method, target) in [
            ("GET", "//rooms"),
            ("GET", "/Rooms"),
            ("get", "/rooms"),
            ("GET", "/rooms/"),
            ("PUT", "/rooms/1"),
        ] {
            assert_eq!(of(method, target), None, "{method} {target}");
        }
    }
}
