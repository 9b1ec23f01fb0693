//! The operations on the participants of a room.

use chrono::{DateTime, Utc};

use super::answer::Reply;
use super::body::{RoomBody, Wish};
use super::continuation::Continuation;
use super::refusal::Refusal;
use super::request::Request;
use super::resource::Service;
use super::rooms::check_id;
use super::roster::{self, Occasion};
use super::version::Negotiated;
use crate::acs::request::{JSON, MERGE_PATCH};
use crate::emulator::defect::Defect;

impl Service {
    pub(super) fn list_participants(
        &mut self,
        id: &str,
        request: &Request,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let (defects, page_size) = (self.options.defects, self.options.page_size);
        if !defects.has(Defect::ParticipantsOfAnyRoom) {
            check_id(id, defects)?;
            self.existing(id, now)?;
        }
        let after = self.continuation(request, id)?.map(|token| token.sequence);
        let mut json = String::from("{\"value\":[");
        let mut last = None;
        let mut more = false;
        if let Ok(room) = self.existing(id, now) {
            let first = after.map_or(0, |after| {
                room.participants.partition_point(|known| u64::from(known.sequence) <= after)
            });
            let rest = room.participants.get(first..).unwrap_or_default();
            let whole = defects.has(Defect::ParticipantsUnpaged);
            let page = if whole { rest.len() } else { page_size };
            more = rest.len() > page;
            for participant in rest.iter().take(page) {
                if !json.ends_with('[') {
                    json.push(',');
                }
                write_participant(&mut json, &participant.raw_id, participant.role.name());
                last = Some(u64::from(participant.sequence));
            }
        }
        json.push(']');
        let next = last.filter(|_| more).map(|sequence| Continuation {
            list: id.to_owned(),
            version: version.sent.clone(),
            ticks: 0,
            sequence,
        });
        self.end_page(&mut json, request, &format!("/rooms/{id}/participants"), next, version);
        Ok(Reply::ok(json))
    }

    pub(super) fn patch_participants(
        &mut self,
        id: &str,
        request: &Request,
        version: &Negotiated,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refusal> {
        let defects = self.options.defects;
        // Roles are judged while the body is read, before identifiers (recorded).
        let body = RoomBody::read(request, &[MERGE_PATCH, JSON], version, defects)?;
        check_id(id, defects)?;
        let room = self.existing(id, now)?;
        if defects.has(Defect::FailedPatchApplies) {
            roster::merge(room, body.participants.clone(), defects);
        }
        roster::check_identifiers(&body.participants, Occasion::Update, defects)?;
        if defects.has(Defect::MixedPatchRefused) && is_mixed(&body) {
            return Err(Refusal::bad_request("Additions and removals may not be mixed."));
        }
        if defects.has(Defect::RemoveStrangerIs404) && removes_stranger(room, &body) {
            return Err(Refusal::not_found());
        }
        roster::merge(room, body.participants, defects);
        if defects.has(Defect::PatchAnswersList) {
            return self.list_participants(id, request, version, now);
        }
        Ok(Reply::ok("{}"))
    }
}

fn write_participant(json: &mut String, raw_id: &str, role: &str) {
    // Raw ids are checked on their way in: letters, digits and `:-_` alone.
    json.push_str("{\"rawId\":\"");
    json.push_str(raw_id);
    json.push_str("\",\"role\":\"");
    json.push_str(role);
    json.push_str("\"}");
}

fn is_mixed(body: &RoomBody) -> bool {
    let removals = body.participants.iter().filter(|change| change.wish == Wish::Out).count();
    removals > 0 && removals < body.participants.len()
}

fn removes_stranger(room: &super::room::Room, body: &RoomBody) -> bool {
    body.participants.iter().any(|change| {
        change.wish == Wish::Out
            && !room.participants.iter().any(|known| *known.raw_id == *change.raw_id)
    })
}
