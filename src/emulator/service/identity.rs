//! The operations of Identity: users and their tokens.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use http::StatusCode;
use serde_json::{Map, Value};

use super::answer::Reply;
use super::body::has_type;
use super::ids::{guid_number, guid_text};
use super::refusal::Refusal;
use super::request::Request;
use super::resource::Service;
use super::token::Claims;
use crate::acs::request::JSON;
use crate::acs::{identifier, time};
use crate::emulator::defect::{Defect, Defects};

const SCOPES: [&str; 5] = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"];
const LIFETIMES: std::ops::RangeInclusive<i64> = 60..=1440;
const DEFAULT_LIFETIME: i64 = 1440;

/// The users of a resource, by the second half of their raw id, which grows with creation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identities {
    /// When the user's tokens were revoked last.
    pub users: BTreeMap<u128, Option<DateTime<Utc>>>,
}

impl Identities {
    pub fn len(&self) -> usize {
        self.users.len()
    }
}

/// A body of Identity.
struct TokenWish {
    /// `None` when missing or null.
    scopes: Option<Vec<String>>,
    minutes: i64,
}

impl Service {
    /// The raw id of one of this resource's users.
    pub(super) fn raw_id(&self, user: u128) -> String {
        let resource = match self.options.defects.has(Defect::RandomResource) {
            true => guid_text(user),
            false => self.resource.clone(),
        };
        format!("8:acs:{resource}_{}", guid_text(user))
    }

    pub(super) fn create_user(
        &mut self,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        let wish = read_wish(request, "createTokenWithScopes", defects)?;
        let scopes = wish.scopes.unwrap_or_default();
        check_scopes(&scopes, defects)?;
        check_lifetime(wish.minutes, defects)?;
        let user = self.ids.user();
        self.identities.users.insert(user, None);
        let raw_id = self.raw_id(user);
        let mut body = format!("{{\"identity\":{{\"id\":\"{raw_id}\"}}");
        if !scopes.is_empty() {
            body.push_str(",\"accessToken\":");
            body.push_str(&self.token_json(&raw_id, &scopes, wish.minutes, now));
        }
        body.push('}');
        let status = if defects.has(Defect::UserCreatedAs200) {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        Ok(Reply { status, body, location: None })
    }

    pub(super) fn issue_token(
        &mut self,
        raw_id: &str,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        let wish = read_wish(request, "scopes", defects)?;
        let missing =
            || Refusal::identity("Scopes: The Scopes field is required.", "Scopes", false);
        let scopes = wish.scopes.ok_or_else(missing)?;
        if scopes.is_empty() {
            if defects.has(Defect::NoScopesAsMissing) {
                return Err(missing());
            }
            let message = "Invalid scopes - Scopes field is required.";
            return Err(Refusal::identity(message, "scopes", true));
        }
        check_scopes(&scopes, defects)?;
        check_lifetime(wish.minutes, defects)?;
        let user = self.owned(raw_id)?;
        if !self.identities.users.contains_key(&user) && !defects.has(Defect::TokenForDeleted) {
            return Err(Refusal::not_found());
        }
        let body = self.token_json(raw_id, &scopes, wish.minutes, now);
        if defects.has(Defect::NestedToken) {
            return Ok(Reply::ok(format!("{{\"accessToken\":{body}}}")));
        }
        Ok(Reply::ok(body))
    }

    pub(super) fn revoke_tokens(
        &mut self,
        raw_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let user = self.owned(raw_id)?;
        if let Some(revoked) = self.identities.users.get_mut(&user) {
            *revoked = Some(now.trunc_subsecs(7));
        }
        if self.options.defects.has(Defect::RevokeAnswers200) {
            return Ok(Reply::ok("{}"));
        }
        Ok(Reply::no_content())
    }

    pub(super) fn delete_user(&mut self, raw_id: &str) -> Result<Reply, Refusal> {
        let user = self.owned(raw_id)?;
        let was = self.identities.users.remove(&user);
        if was.is_none() && self.options.defects.has(Defect::UserDeleteTwiceIs404) {
            return Err(Refusal::not_found());
        }
        Ok(Reply::no_content())
    }

    /// The number of a raw id of this resource.
    ///
    /// The resource is told by the raw id's first half (recorded), so that anything else than one of
    /// its own raw ids does not belong to it (assumed for what is no raw id at all).
    fn owned(&self, raw_id: &str) -> Result<u128, Refusal> {
        let own = identifier::resource_of(raw_id)
            .is_some_and(|resource| resource.eq_ignore_ascii_case(&self.resource));
        let user = raw_id.rsplit('_').next().and_then(guid_number);
        let any = self.options.defects.has(Defect::AnyOwner);
        user.filter(|_| own || any).ok_or_else(|| {
            Refusal::service(
                StatusCode::UNAUTHORIZED,
                "IdentityNotOwned",
                "Provided identity doesn't belong to the resource.",
            )
        })
    }

    fn token_json(
        &self,
        raw_id: &str,
        scopes: &[String],
        minutes: i64,
        now: DateTime<Utc>,
    ) -> String {
        let now = now.trunc_subsecs(7);
        let short = self.options.defects.has(Defect::ShortTokens);
        let expires =
            now + if short { TimeDelta::minutes(minutes / 2) } else { TimeDelta::minutes(minutes) };
        let token = self.signer.token(
            &Claims { raw_id, scopes, resource: &self.resource, issued: now, expires },
            self.options.defects,
        );
        let expires = time::service_text(expires);
        let expires = match self.options.defects.has(Defect::ExpiresOnWithZ) {
            true => expires.replace("+00:00", "Z"),
            false => expires,
        };
        format!("{{\"token\":\"{token}\",\"expiresOn\":\"{expires}\"}}")
    }
}

fn read_wish(request: &Request, scopes: &str, defects: Defects) -> Result<TokenWish, Refusal> {
    let members = read_members(request, scopes == "createTokenWithScopes")?;
    let unreadable = |member: &str, name: &str| {
        Refusal::identity(format!("{name}: The value cannot be read."), member, false)
    };
    let given = match members.get(scopes) {
        None | Some(Value::Null) => None,
        Some(Value::Array(list)) => {
            let texts: Option<Vec<String>> =
                list.iter().map(|scope| scope.as_str().map(str::to_owned)).collect();
            Some(texts.ok_or_else(|| unreadable("Scopes", "Scopes"))?)
        }
        Some(_) => return Err(unreadable("Scopes", "Scopes")),
    };
    let default = if defects.has(Defect::DefaultLifetimeOneHour) { 60 } else { DEFAULT_LIFETIME };
    let minutes = match members.get("expiresInMinutes") {
        None | Some(Value::Null) => default,
        Some(value) => {
            value.as_i64().ok_or_else(|| unreadable("ExpiresInMinutes", "ExpiresInMinutes"))?
        }
    };
    Ok(TokenWish { scopes: given, minutes })
}

/// The members of a body. A create may have none at all (recorded: Python and JavaScript).
fn read_members(request: &Request, may_be_empty: bool) -> Result<Map<String, Value>, Refusal> {
    if request.body.is_empty() && may_be_empty {
        return Ok(Map::new());
    }
    if !request.body.is_empty() && !has_type(request, &[JSON]) {
        return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refusal::identity("The body is not a JSON object.", "$", false)),
    }
}

fn check_scopes(scopes: &[String], defects: Defects) -> Result<(), Refusal> {
    let unknown = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str()));
    match unknown.filter(|_| !defects.has(Defect::AnyScope)) {
        None => Ok(()),
        Some(scope) => {
            let message = format!("Invalid scopes - {scope} is not a known scope.");
            Err(Refusal::identity(message, "scopes", true))
        }
    }
}

fn check_lifetime(minutes: i64, defects: Defects) -> Result<(), Refusal> {
    if LIFETIMES.contains(&minutes) || defects.has(Defect::AnyLifetime) {
        return Ok(());
    }
    let message = format!(
        "ExpiresInMinutes value {minutes} is invalid. Value must be within the [60, 1440] interval."
    );
    Err(Refusal::identity(message, "ExpiresInMinutes", true))
}
