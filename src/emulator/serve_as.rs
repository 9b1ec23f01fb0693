//! Which unknown api-versions are answered as which known ones, checked at the start.

use crate::acs::{ApiVersion, Service};

/// Why a version cannot be served as another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServeAsError {
    #[error("api-version {new} cannot be served as {one} and as {other}; give one of the two")]
    Twice { new: ApiVersion, one: ApiVersion, other: ApiVersion },
    #[error("api-version {new} is known, it cannot be served as {known}")]
    Known { new: ApiVersion, known: ApiVersion },
}

/// Checks pairs of a new version and a known one.
///
/// # Errors
///
/// A new version that the same service knows, or that is to be two.
pub(super) fn check(pairs: &[(ApiVersion, ApiVersion)]) -> Result<(), ServeAsError> {
    for (place, (new, known)) in pairs.iter().enumerate() {
        let both = |service| new.is_served_by(service) && known.is_served_by(service);
        if new != known && Service::ALL.into_iter().any(both) {
            return Err(ServeAsError::Known { new: new.clone(), known: known.clone() });
        }
        let other = |(same, one): &&(ApiVersion, ApiVersion)| same == new && one != known;
        if let Some((_, one)) = pairs.iter().take(place).find(other) {
            let (new, one, other) = (new.clone(), one.clone(), known.clone());
            return Err(ServeAsError::Twice { new, one, other });
        }
    }
    Ok(())
}
