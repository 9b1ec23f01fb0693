//! An SDK in a child process: protocol v1, JSON lines over standard input and output.
//!
//! | file | owns |
//! |---|---|
//! | `message` | what the harness says |
//! | `answer` | what the adapter says |
//! | `schemas` | JSON Schemas of both, committed under `schema/adapter/` |
//! | `violation` | every way to break the protocol, each with what to do about it |
//! | `line` | cutting standard output into protocol lines and log |
//! | `child` | the process group: start, last words, end |
//! | `process` | one adapter, from `hello` to `bye`: calls out, results in |
//! | `conversation` | who waits for which result, and what was heard |
//! | `proxy` | what `HTTPS_PROXY` leads to |
//! | `fault` | why a case got no outcome: crashed, timed out, protocol broken |
//! | `pool` | several adapters of one kind: lending, restarting, quarantine |
//! | `options` | the client options that a `call` step may give |
//! | `features` | what an adapter declares, and what a scenario needs |
//! | `examine` | the self-test of an adapter |
//! | `skeleton` | adapters to begin with |
//! | `access` | how an adapter reaches a resource |
//! | `open_case` | what belongs to the case at hand |
//! | `session` | one worker's adapter, case after case: clients and calls |

mod access;
pub mod answer;
mod child;
mod conversation;
mod examine;
pub mod fault;
pub mod features;
mod line;
pub mod message;
mod open_case;
pub mod options;
mod pool;
mod process;
mod proxy;
pub mod schemas;
mod session;
mod skeleton;
pub mod violation;

pub use access::Access;
pub use answer::{Answer, Hello};
pub use child::{Command, CommandError};
pub use conversation::Heard;
pub use examine::{Examination, Examined, ExaminedResult};
pub use fault::{Fault, FaultKind};
pub use features::Features;
pub use options::CallOptions;
pub use pool::{Limits, Pool};
pub use process::Process;
pub use session::AdapterDriver;
pub use skeleton::Skeleton;
pub use violation::Violation;
