//! The reference client: a small SDK of our own that obeys all wire rules, and can be told to break
//! any one of them.
//!
//! Built on `acs` and the HTTP client alone, one policy a file. A [`Mutant`] breaks one rule: each
//! policy reads the flag of the rules that it is there for, and nothing else knows of them. The
//! kill matrix proves with it that every rule is noticed when broken, and blamed alone.
//!
//! | file | owns |
//! |---|---|
//! | `client` | operations: arguments in, values out |
//! | `pipeline` | the order of the policies |
//! | `policy` | what each rule demands of a request |
//! | `body`, `target` | what a request asks for |
//! | `paging` | lists |
//! | `reading` | answers: values, times, roles |
//! | `failure` | errors |
//! | `transport` | connections, TLS, proxies |
//! | `adapter` | the adapter protocol over standard input and output |

mod adapter;
mod body;
mod client;
mod connection;
mod failure;
mod mutant;
mod options;
mod paging;
mod pipeline;
mod policy;
mod reading;
mod target;
mod transport;

pub use adapter::serve;
pub use client::{Call, Client, Done};
pub use connection::Opening;
pub use failure::Failure;
pub use mutant::Mutant;
pub use options::{CallOptions, ClientOptions, Retry};
