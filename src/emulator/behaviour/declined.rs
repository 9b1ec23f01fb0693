//! What the emulator does not do, and why.

/// Something of the service that is left out on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined {
    pub what: &'static str,
    pub why: &'static str,
}

pub const DECLINED: &[Declined] = &[
    Declined {
        what: "Rooms api-versions before 2023-06-14",
        why: "the recorded service no longer announces them, and their shapes are others",
    },
    Declined {
        what: "A successful Teams token exchange",
        why: "it needs an Entra tenant with Teams users; the recorded refusals are answered",
    },
    Declined {
        what: "Identity previews with `customId`, and the Teams extension routes",
        why: "no stable api-version has them yet",
    },
    Declined {
        what: "Joining a call, and what ends it",
        why: "calling is another protocol; Rooms only says who may join and when",
    },
    Declined {
        what: "Other services of the resource: chat, SMS, email, telephone numbers",
        why: "this project is about Rooms and the identities that it needs",
    },
    Declined {
        what: "The delay of up to 15 minutes before a revoked token stops working",
        why: "tokens are checked by the calling side, which is not emulated",
    },
    Declined {
        what: "Texts of older service builds for the same api-version",
        why: "the newest recorded build answers every served version",
    },
];
