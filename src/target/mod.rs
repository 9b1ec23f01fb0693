//! Where cases run: the embedded emulator, or a live resource; and with which credentials.

mod access;
pub mod courtesy;
pub mod credentials;
pub mod doctor;
mod embedded;
pub mod ledger;
mod live;
mod passage;
mod place;
pub mod refusal;
mod replay;
mod settlement;
pub mod sweep;
mod world;

pub use embedded::Embedded;
pub use live::{Live, Tapped};
pub use passage::Passage;
pub use place::{Target, TargetError};
pub use replay::Replay;
pub use settlement::Settlement;
pub use world::{Resource, World, WorldError};
