//! The world to test in: what the emulator adds to the service. None of it is a claim about the
//! service, hence the mark.

use super::Behaviour;
use crate::acs::Mark::Assumed;

const OWN: &str = "a means of the emulator to test with, no claim about the service";

const fn own(id: &'static str, says: &'static str) -> Behaviour {
    Behaviour { id, says, mark: Assumed, source: OWN }
}

pub(super) const TABLE: &[Behaviour] = &[
    own("world.clock", "What depends on time follows the virtual clock when it is moved."),
    own(
        "world.clock.machine",
        "Dates of signatures and ends of bearer tokens are judged by the machine's clock, wherever the virtual one stands.",
    ),
    own("world.seed", "The same seed gives the same ids."),
    own("world.serve-as", "An unknown api-version is answered as a known one, where one says so."),
    own("world.resources", "The resources of one emulator have rooms and keys of their own."),
    own(
        "faults.status",
        "A fault answers in place of the service, with its own status and headers.",
    ),
    own(
        "faults.retry-after",
        "429 and 503 take the three headers that say how long to wait, as they are written.",
    ),
    own("faults.respond", "An answer that somebody wrote, in place of the service's."),
    own("faults.amend", "The service's own answer, changed where one says so."),
    own("faults.times", "A fault meets as many requests as it says, then the service answers."),
    own(
        "faults.order",
        "Faults of an operation are met first in, first out; other operations meet none.",
    ),
    own("faults.delay", "A delayed answer is the service's own."),
    own("faults.hang", "A request that hangs is never answered and never processed."),
    own(
        "faults.close",
        "A connection that closes before the service sees the request: nothing is processed.",
    ),
    own(
        "faults.close.after",
        "A connection that closes after its answer: the answer is whole, the next request comes on another one.",
    ),
    own(
        "faults.reset",
        "A connection that is reset before the service sees the request: nothing is processed.",
    ),
    own("faults.reset.after", "A connection that is reset once the request was processed."),
    own("faults.refuse", "A connection that is refused: nothing is processed."),
    own("faults.cut-request", "A request that is cut off while it is sent: nothing is processed."),
    own("faults.cut", "A body that ends early, after the request was processed."),
    own("faults.slow", "A body that comes slowly is the service's own."),
    own("faults.garbage", "A body that is no JSON, under the headers of a JSON answer."),
    own("faults.wrong-length", "A Content-Length greater than the body."),
    own("faults.lost", "A request that is processed and whose answer is lost."),
    own("faults.tls", "A handshake that fails."),
];
