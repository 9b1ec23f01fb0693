//! Where cases run: the embedded emulator, or a live resource; and with which credentials.

mod access;
pub mod courtesy;
pub mod credentials;
pub mod doctor;
pub mod ledger;
mod passage;
mod place;
pub mod refusal;
pub mod sweep;
mod world;

pub use passage::Passage;
pub use place::{Target, TargetError};
pub use world::{Resource, World};
