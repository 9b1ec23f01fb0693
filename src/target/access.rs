//! What a child process may know of an emulator's resource.

use crate::driver::adapter::Access;
use crate::emulator::Resource;

impl From<&Resource> for Access {
    fn from(resource: &Resource) -> Self {
        Self {
            endpoint: resource.endpoint().to_owned(),
            primary: resource.primary_key().text().clone(),
            secondary: resource.secondary_key().text().clone(),
            token: Some(resource.bearer_token()),
        }
    }
}
