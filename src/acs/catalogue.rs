//! The operation catalogue: what a `call` step, an adapter and the built-in client can perform.
//!
//! Arguments are snake_case and have three states: absent, null and a value. Results carry the
//! wire's member names, see [`Operation::result`].

use std::fmt;

use super::version::Service;

/// An operation of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    CreateUser,
    IssueToken,
    RevokeTokens,
    DeleteUser,
    CreateRoom,
    GetRoom,
    UpdateRoom,
    ListRooms,
    DeleteRoom,
    ListParticipants,
    AddOrUpdateParticipants,
    RemoveParticipants,
}

/// What an argument holds, once its expressions are worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// A room id, sent as it stands, however malformed.
    RoomId,
    /// A raw id such as `8:acs:<guid>_<guid>`, sent as it stands.
    UserId,
    /// An instant; text that is no RFC 3339 time is refused before anything is sent.
    Time,
    Boolean,
    Integer,
    Text,
    /// A list of token scopes.
    Scopes,
    /// A list of `{ id, role }`; `role` may be absent or null.
    Participants,
    /// A list of raw ids.
    UserIds,
}

/// An argument of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    pub name: &'static str,
    pub kind: ArgumentKind,
    pub required: bool,
    /// One line for editors and error messages.
    pub about: &'static str,
}

const fn required(name: &'static str, kind: ArgumentKind, about: &'static str) -> Argument {
    Argument { name, kind, required: true, about }
}

const fn optional(name: &'static str, kind: ArgumentKind, about: &'static str) -> Argument {
    Argument { name, kind, required: false, about }
}

const ROOM_ID: Argument = required("room_id", ArgumentKind::RoomId, "id of the room");
const USER_ID: Argument = required("id", ArgumentKind::UserId, "raw id of the user");
const VALID_FROM: Argument =
    optional("valid_from", ArgumentKind::Time, "start of the room's validity");
const VALID_UNTIL: Argument =
    optional("valid_until", ArgumentKind::Time, "end of the room's validity");
const PSTN: Argument = optional(
    "pstn_dial_out_enabled",
    ArgumentKind::Boolean,
    "whether the room may dial out to telephones",
);
const TAKE: Argument = optional("take", ArgumentKind::Integer, "stop after this many items");
const BY_PAGE: Argument = optional("by_page", ArgumentKind::Boolean, "answer a list of pages");
const EXPIRES: Argument =
    optional("expires_in_minutes", ArgumentKind::Integer, "lifetime of the token, 60 to 1440");

impl Operation {
    pub const ALL: [Self; 12] = [
        Self::CreateUser,
        Self::IssueToken,
        Self::RevokeTokens,
        Self::DeleteUser,
        Self::CreateRoom,
        Self::GetRoom,
        Self::UpdateRoom,
        Self::ListRooms,
        Self::DeleteRoom,
        Self::ListParticipants,
        Self::AddOrUpdateParticipants,
        Self::RemoveParticipants,
    ];

    /// The name that scenarios, adapters and reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateUser => "identity.create_user",
            Self::IssueToken => "identity.issue_token",
            Self::RevokeTokens => "identity.revoke_tokens",
            Self::DeleteUser => "identity.delete_user",
            Self::CreateRoom => "rooms.create",
            Self::GetRoom => "rooms.get",
            Self::UpdateRoom => "rooms.update",
            Self::ListRooms => "rooms.list",
            Self::DeleteRoom => "rooms.delete",
            Self::ListParticipants => "participants.list",
            Self::AddOrUpdateParticipants => "participants.add_or_update",
            Self::RemoveParticipants => "participants.remove",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    pub const fn service(self) -> Service {
        match self {
            Self::CreateUser | Self::IssueToken | Self::RevokeTokens | Self::DeleteUser => {
                Service::Identity
            }
            _ => Service::Rooms,
        }
    }

    pub const fn arguments(self) -> &'static [Argument] {
        match self {
            Self::CreateUser => {
                const {
                    &[
                        optional(
                            "scopes",
                            ArgumentKind::Scopes,
                            "scopes of a token to issue along",
                        ),
                        EXPIRES,
                    ]
                }
            }
            Self::IssueToken => {
                const {
                    &[
                        USER_ID,
                        required("scopes", ArgumentKind::Scopes, "scopes of the token"),
                        EXPIRES,
                    ]
                }
            }
            Self::RevokeTokens | Self::DeleteUser => const { &[USER_ID] },
            Self::CreateRoom => {
                const {
                    &[
                        VALID_FROM,
                        VALID_UNTIL,
                        PSTN,
                        optional(
                            "participants",
                            ArgumentKind::Participants,
                            "who is invited, in this order",
                        ),
                    ]
                }
            }
            Self::UpdateRoom => const { &[ROOM_ID, VALID_FROM, VALID_UNTIL, PSTN] },
            Self::GetRoom | Self::DeleteRoom => const { &[ROOM_ID] },
            Self::ListRooms => const { &[TAKE, BY_PAGE] },
            Self::ListParticipants => const { &[ROOM_ID, TAKE, BY_PAGE] },
            Self::AddOrUpdateParticipants => {
                const {
                    &[
                        ROOM_ID,
                        required(
                            "participants",
                            ArgumentKind::Participants,
                            "who to add or change",
                        ),
                    ]
                }
            }
            Self::RemoveParticipants => {
                const { &[ROOM_ID, required("participants", ArgumentKind::UserIds, "raw ids to remove")] }
            }
        }
    }

    /// The shape of the value of a successful call, in words.
    ///
    /// `create_user` flattens the wire's `identity.id` to `id`, as every SDK does. Lists are arrays
    /// of all pages' items, or an array of pages under `by_page`.
    pub const fn result(self) -> &'static str {
        match self {
            Self::CreateUser => "{ id, accessToken?: { token, expiresOn } }",
            Self::IssueToken => "{ token, expiresOn }",
            Self::CreateRoom | Self::GetRoom | Self::UpdateRoom => {
                "{ id, createdAt, validFrom, validUntil, pstnDialOutEnabled }"
            }
            Self::ListRooms => "[ { id, createdAt, validFrom, validUntil, pstnDialOutEnabled } ]",
            Self::ListParticipants => "[ { rawId, role } ]",
            Self::RevokeTokens
            | Self::DeleteUser
            | Self::DeleteRoom
            | Self::AddOrUpdateParticipants
            | Self::RemoveParticipants => "null",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
