//! What a child process may know of a resource: an emulator's own keys, or those of the tap before
//! a live one.

use chrono::{TimeDelta, Utc};

use crate::driver::adapter::Access;
use crate::emulator::Resource;
use crate::emulator::auth::TokenKind;
use crate::tap::Tap;

impl From<&Resource> for Access {
    fn from(resource: &Resource) -> Self {
        Self {
            endpoint: resource.endpoint().to_owned(),
            primary: resource.primary_key().text().clone(),
            secondary: resource.secondary_key().text().clone(),
            token: Some(resource.bearer_token()),
            // Times count whole seconds: one of another second is another token.
            other_token: Some(
                resource
                    .credentials()
                    .issuer
                    .token(TokenKind::Valid, Utc::now() - TimeDelta::minutes(1)),
            ),
        }
    }
}

impl From<&Tap> for Access {
    fn from(tap: &Tap) -> Self {
        let [primary, secondary] = tap.keys();
        let endpoint = tap.endpoint().to_owned();
        Self { endpoint, primary, secondary, token: Some(tap.bearer_token()), other_token: None }
    }
}
