//! Cassettes: recorded traffic as HAR 1.2 files.
//!
//! | file | owns |
//! |---|---|
//! | [`har`] | the format: reading anybody's files, writing our own |
//! | [`Tape`] | the sink that keeps a cassette per case (`--record`) |
//! | [`Player`] | answering a case from its cassette, without a network (`--replay`) |
//! | [`compose`](compose()) | a scenario from a recording (`import`) |
//!
//! A cassette holds no secret: it is made from what reports keep, redacted at the same place. Of
//! tokens that the service hands out it keeps what they claim, under a signature of nobody. Its
//! members beyond HAR begin with an underscore, as the format asks.

mod compose;
mod composition;
mod fit;
pub mod har;
mod player;
mod replayed;
mod tape;
mod token;

pub use compose::{ComposeError, compose};
pub use har::{Entry, Har, HarError};
pub use player::{Player, PlayerError};
pub use replayed::Replayed;
pub use tape::Tape;

use crate::plan::Case;

/// The file of a case in a folder of cassettes: `<area>__<slug>@<api-version>.har`, later
/// repetitions with `.2` and so on before the extension.
pub fn file_name(case: &Case) -> String {
    let repetition =
        if case.repetition > 1 { format!(".{}", case.repetition) } else { String::new() };
    let scenario = &case.scenario;
    format!("{}__{}@{}{repetition}.har", scenario.area, scenario.slug, case.api_version)
}
