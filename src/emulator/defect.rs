//! Deliberate defects of the emulator: for the proof that the scenarios notice what they claim to.
//!
//! Each is a run-time switch, read in exactly the place that it breaks, and names the one behaviour
//! that it breaks. They are compiled in always, since integration tests see the library as any
//! program does; a test for one bit is all they cost. Nothing but the hidden setter of the builder
//! turns one on: no option, no file, no variable.

/// A set of defects; empty in any real use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Defects(u128);

impl Defects {
    pub const NONE: Self = Self(0);

    /// The set of one defect.
    pub const fn only(defect: Defect) -> Self {
        Self(1 << defect as u32)
    }

    /// Whether the set holds this one.
    pub const fn has(self, defect: Defect) -> bool {
        self.0 & (1 << defect as u32) != 0
    }
}

macro_rules! defects {
    ($($name:ident, $words:literal, $behaviour:literal;)*) => {
        /// A way in which the emulator can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Defect {
            $(#[doc = $words] $name,)*
        }

        impl Defect {
            /// All defects.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is wrong, in a few words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// The id of the behaviour that it breaks.
            pub const fn behaviour(self) -> &'static str {
                match self { $(Self::$name => $behaviour,)* }
            }
        }
    };
}

defects! {
    NullResets, "null resets", "update.nulls";
    NotFoundIs400, "404 as 400", "get.unknown";
    TimesCutToSeconds, "times cut to seconds", "rooms.times.truncated";
    RemoveStrangerIs404, "removing a stranger is 404", "participants.remove.stranger";
    LinkWithoutPort, "next link without port", "listing.next-link";
    AnySignature, "any signature accepted", "auth.wrong-key";
    RoomWithParticipants, "rooms show participants", "rooms.object";
    OtherRoomIds, "room ids do not begin with 994", "rooms.id";
    DialOutInOldVersion, "the dial-out member in the first version", "rooms.pstn.by-version";
    TimesWithZ, "times end in Z", "rooms.times.out";
    OffsetIgnored, "the offset of a time is ignored", "rooms.times.in";
    LocationAsPath, "Location is a path", "create.answer";
    ShortDefault, "rooms live 90 days by default", "create.defaults";
    CreatedAtStart, "createdAt is validFrom", "create.created-at";
    EndFromStart, "the default end counts from validFrom", "create.only-valid-from";
    PastStartRefused, "a validFrom in the past is refused", "create.past-valid-from";
    NullIsError, "null for a time is refused", "create.nulls";
    NullParticipantsRefused, "null for participants is refused", "create.null-participants";
    DeleteDoesNothing, "deleting does nothing", "get.deleted";
    EmptyPatchRefused, "an empty PATCH is refused", "update.empty";
    StartedRoomFrozen, "a started room cannot be changed", "update.started";
    UpdateTouchesCreation, "an update touches createdAt", "update.created-at";
    IdBeforeBody, "the id is judged before the body", "update.body-first";
    DeleteTwiceIs404, "the second DELETE is 404", "delete.again";
    DeleteUnknownIsFine, "DELETE of a room that never was is 204", "delete.unknown";
    IdLengthAsNotFound, "an id of the wrong length is 404", "room-id.length";
    IdDigitsUnchecked, "letters in an id are not noticed", "room-id.digits";
    ExpiredIsGone, "expired rooms are gone", "expired.get";
    LongRangeAccepted, "more than 180 days are accepted", "validity.range.create";
    ExactRangeRefused, "exactly 180 days are refused", "validity.range.exact";
    BackwardsAccepted, "an end before the start is accepted", "validity.range.reversed";
    PastEndAccepted, "an end in the past is accepted", "validity.past.create";
    RangeBeforePast, "the range is told before the past", "validity.past.wins";
    FarStartAccepted, "a start in 181 days is accepted", "validity.far.create";
    OneDetailOnly, "one detail at most", "validity.two-details";
    LoneTimeAccepted, "one time alone is accepted", "validity.together";
    TogetherFirst, "lone times are refused before fields are checked", "validity.together.last";
    PatchAnswersList, "PATCH of participants answers the list", "participants.answer";
    UpdateMovesToEnd, "an updated participant moves to the end", "participants.update";
    MixedPatchRefused, "adding and removing at once is refused", "participants.mixed";
    FailedPatchApplies, "a failed PATCH applies", "participants.atomic";
    NewParticipantsFirst, "new participants come first", "participants.list.order";
    ParticipantsUnpaged, "participants come in one page", "participants.list.pages";
    ParticipantsOfAnyRoom, "any room has participants", "participants.room.unknown";
    DefaultConsumer, "a missing role means Consumer", "roles.missing.new";
    MissingRoleResets, "a missing role resets an existing one", "roles.missing.existing";
    NullRoleRefused, "a null role is refused", "roles.null";
    NoCollaborator, "Collaborator is unknown", "roles.collaborator";
    RoleTargetWithoutKey, "the target of a role error lacks the key", "roles.unknown";
    RolesInAnyCase, "roles in any case", "roles.case";
    CreateTextAsUpdate, "create refuses identifiers with the text of PATCH", "identifiers.create";
    UpdateTextAsCreate, "PATCH refuses identifiers with the text of create", "identifiers.add";
    RemoveUnchecked, "identifiers to remove are not checked", "identifiers.remove";
    OneCloudOnly, "identifiers of other clouds are refused", "identifiers.clouds";
    PhonesAccepted, "telephone numbers are accepted", "identifiers.other-kinds";
    NullNextLink, "the last page has a null nextLink", "listing.last-page";
    PagesOfLiveRooms, "pages count live rooms", "listing.scanned";
    AnyTokenAccepted, "any continuation token is accepted", "listing.token.bad";
    ExpiredUnlisted, "expired rooms leave the list at once", "listing.expired";
    ListedForever, "expired rooms are listed for ever", "listing.expired.end";
    RepeatCreatesTwice, "a repeated create makes a second room", "repeatability.same";
    ShortMemory, "creates are remembered for a minute", "repeatability.remembered";
    RepeatIgnoresBody, "a repeated id with another body is served", "repeatability.other-body";
    HalfPairAccepted, "half a pair of Repeatability headers is accepted", "repeatability.one-header";
    UserCreatedAs200, "a user is created with 200", "identity.create";
    RandomResource, "every identity has a resource of its own", "identity.id";
    NestedToken, "an issued token is nested", "identity.issue";
    RevokeAnswers200, "revoking answers 200", "identity.revoke";
    UserDeleteTwiceIs404, "the second DELETE of a user is 404", "identity.delete.again";
    TokenForDeleted, "a deleted user gets tokens", "identity.issue.deleted";
    AnyOwner, "identities of other resources are served", "identity.not-owned";
    OpaqueTokens, "tokens are no JWTs", "tokens.shape";
    SkypeIdWithPrefix, "skypeid keeps its 8:", "tokens.claims";
    ScopesBySpace, "scopes are joined by spaces", "tokens.scope";
    ExpiresOnWithZ, "expiresOn ends in Z", "tokens.expires-on";
    DefaultLifetimeOneHour, "tokens live an hour by default", "tokens.default";
    ShortTokens, "tokens live half as long", "tokens.custom";
    AnyLifetime, "any lifetime is accepted", "tokens.range";
    NoScopesAsMissing, "empty scopes are told as missing", "tokens.scopes.empty";
    AnyScope, "unknown scopes are accepted", "tokens.scopes.unknown";
    TeamsUserFirst, "the Teams user is judged before the token", "teams.token";
    TeamsAppUnchecked, "the format of appId is not checked", "teams.app-id.format";
    DateHeaderRefused, "date does not stand for x-ms-date", "auth.date";
    HostNotRequired, "the host need not be signed", "auth.required-headers";
    HashUnchecked, "the body's hash is not checked", "auth.hash";
    DateBeforeHash, "the date is judged before the hash", "auth.hash.first";
    AnyDate, "any date is accepted", "auth.skew";
    DecodedRefused, "the decoded spelling is refused", "auth.target.decoded";
    FormRefused, "the form spelling is refused", "auth.target.form";
    NoPortRefused, "the host without its port is refused", "auth.host.no-port";
    StrictAcceptsAll, "strict mode accepts every spelling", "auth.target.strict";
    SecondaryKeyRefused, "the secondary key is refused", "auth.secondary";
    AnyBearer, "any bearer token is accepted", "auth.bearer.garbage";
    ExpiredBearerAccepted, "expired bearer tokens are accepted", "auth.bearer.expired";
    AnyAudience, "bearer tokens for anybody are accepted", "auth.bearer.audience";
    NoRoleAccepted, "principals without a role are accepted", "auth.bearer.role";
    AnyVersion, "any api-version is served", "versions.unknown";
    ModelErrorsLikeService, "model errors carry the headers of an action", "headers.versions";
    NoErrorCodeHeader, "service errors lack x-ms-error-code", "headers.error-code";
    ClientIdSwapped, "Rooms echoes the client's request id, Identity does not", "headers.no-echo";
    UnknownMembersRefused, "unknown members are refused", "content.unknown-members";
    BrokenJsonAsServiceError, "broken JSON is a service error", "content.broken";
    AnyContentType, "any content type is accepted", "content.type";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::emulator::behaviour;

    #[test]
    fn each_defect_breaks_a_known_behaviour_of_its_own() {
        let mut seen = HashSet::new();
        for defect in Defect::ALL {
            let id = defect.behaviour();
            assert!(behaviour::find(id).is_some(), "{defect:?} breaks `{id}`, which no table has");
            assert!(seen.insert(id), "two defects break `{id}`");
        }
        assert!(seen.len() >= 40 && seen.len() <= 128, "{}", seen.len());
    }

    #[test]
    fn a_set_of_one_has_that_one_alone() {
        for defect in Defect::ALL {
            let set = Defects::only(*defect);
            assert_eq!(Defect::ALL.iter().filter(|other| set.has(**other)).count(), 1);
            assert!(set.has(*defect) && !Defects::NONE.has(*defect));
        }
    }
}
