//! Whether a resource can be used, in ten lines. Creates nothing there.

mod certificate;
mod finding;
mod patient;
mod visit;

pub use finding::{Finding, Health};
pub use patient::{credentials, unusable};
pub use visit::Visit;
