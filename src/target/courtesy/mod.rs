//! Good manners toward a resource that others use too: a rate, patience when it says "later", and
//! a budget. Owns the arithmetic and the waiting; sends nothing.

mod backoff;
mod budget;
mod estimate;
mod manners;
mod pace;

pub use backoff::{Asked, Backoff};
pub use budget::{Budget, BudgetError, Spent};
pub use estimate::Estimate;
pub use manners::{Courtesy, Settings, Waited};
pub use pace::Pace;
