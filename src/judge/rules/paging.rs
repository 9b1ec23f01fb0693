//! Paging: lists that come in pages.

use super::rule::{Judging, Level, Profile, Rule};
use super::watch::{Origin, Request, Step, json_body, next_link, page_member, query_pairs};
use super::{Family, Tally, Watch};
use crate::acs::Operation;
use crate::transcript::{Called, Exchange};

const FAMILY: Family = Family::Paging;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "PAG-1",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "`nextLink` is followed as it stands, but for `api-version`.",
        source: "RG#collections-include-nextlink-for-more-results (opaque, already encoded)",
        observed: "The target of each page against the `nextLink` before it, byte for byte, `api-version` left aside.",
        why: "A token encoded twice, or decoded, is another token.",
        how: "Use the URL as a whole; touch the one parameter in its text.",
        judging: Judging::Passive(links_are_followed),
    },
    Rule {
        id: "PAG-2",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Rest,
        title: "A relative `nextLink` is resolved against the endpoint.",
        source: "azure-http-specs Azure_Core_Page_withRelativeNextLink",
        observed: "Lists with a page whose `nextLink` has no origin: the next page is asked for.",
        why: "Services behind gateways send them.",
        how: "Resolve the link against the URL of the page (RFC 3986).",
        judging: Judging::Active(relative_links_are_resolved),
    },
    Rule {
        id: "PAG-3",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "A list ends where `nextLink` is absent, null or empty.",
        source: "RG#collections-no-nextlink-on-last-page, -nextlink-value-never-null",
        observed: "Lists whose last page has `nextLink` null or empty: no further request, no error.",
        why: "Endless lists, or an error after all items have come.",
        how: "Treat the three alike.",
        judging: Judging::Active(ends_are_recognised),
    },
    Rule {
        id: "PAG-4",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Rest,
        title: "An empty page with a `nextLink` does not end the list.",
        source: "RG#collections-maxpagesize-might-return-fewer",
        observed: "Lists with an empty page in between: the next page is asked for.",
        why: "The service drops deleted rooms from pages that it has already cut: items behind an empty page would be lost.",
        how: "Look at `nextLink` alone to decide whether there is more.",
        judging: Judging::Active(empty_pages_are_passed),
    },
    Rule {
        id: "PAG-5",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Pages are fetched when needed: none ahead, and no request per item.",
        source: "DS#general-pagination-expose-individual-items, -no-arrays",
        observed: "Lists of which only some items are taken: how many pages were asked for.",
        why: "Who wants the first room pays for all of them.",
        how: "Ask for the next page when its first item is asked for.",
        judging: Judging::Passive(pages_are_lazy),
    },
    Rule {
        id: "PAG-6",
        family: FAMILY,
        level: Level::Must,
        profile: Profile::Sdk,
        title: "Pages, and where to go on from, are exposed.",
        source: "DS#general-pagination-expose-paging-apis",
        observed: "Lists taken by page, and resumed from a continuation: the pages are those of the wire. Their size is the service's own: Rooms takes no parameter for it.",
        why: "Web pages, and jobs that go on after a restart, need them.",
        how: "Offer an iterator of pages that carry their continuation.",
        judging: Judging::Active(pages_are_exposed),
    },
    Rule {
        id: "PAG-7",
        family: FAMILY,
        level: Level::Should,
        profile: Profile::Extra,
        title: "No credential goes to another origin because a `nextLink` points there.",
        source: "security practice (redirect policy of core-rest-pipeline: same origin only)",
        observed: "Requests that a `nextLink` leads to another authority: none, or without `Authorization`.",
        why: "Whoever can change an answer gets a valid signature, or the token itself.",
        how: "Refuse to follow, or follow without credentials, unless the caller allowed the origin.",
        judging: Judging::Active(credentials_stay_at_their_origin),
    },
];

/// Each page that was followed: the page with the link, and the request made of it.
fn followed<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = (&'w Step<'a>, String, (usize, &'a Exchange))> + 'w {
    watch.steps.iter().flat_map(|step| {
        step.requests.windows(2).filter_map(move |pair| {
            let (_, page) = pair[0].attempts[pair[0].attempts.len() - 1];
            let link = next_link(page)?;
            (pair[1].origin == Origin::NextLink).then(|| (step, link, pair[1].attempts[0]))
        })
    })
}

fn links_are_followed(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, link, (index, request)) in followed(watch) {
        let wanted = without_version(&target(&link));
        let given = without_version(&request.sent.target);
        tally.demand((step.index, index), wanted == given, || {
            format!("nextLink {wanted:?} is followed as {given:?}")
        });
    }
}

/// Path and query of a link, whatever its origin.
fn target(link: &str) -> String {
    match link.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?']).map_or("/", |at| &rest[at..]).to_owned(),
        None => link.to_owned(),
    }
}

fn without_version(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept: Vec<String> = query_pairs(query)
        .filter(|(name, _)| *name != "api-version")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{path}?{}", kept.join("&"))
}

/// Each page of a list with whether another page was asked for after it.
fn pages<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = (&'w Step<'a>, (usize, &'a Exchange), bool)> + 'w {
    watch.steps.iter().flat_map(|step| {
        step.requests.iter().enumerate().filter_map(move |(position, request)| {
            let last = request.attempts[request.attempts.len() - 1];
            let listed = json_body(last.1)?.get("value")?.is_array();
            listed.then(|| (step, last, step.requests.len() > position + 1))
        })
    })
}

fn relative_links_are_resolved(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, (index, page), more) in pages(watch) {
        let Some(link) = next_link(page).filter(|link| !link.contains("://")) else { continue };
        tally.demand((step.index, index), more, || {
            format!("the relative nextLink {link:?} is not followed: {}", step.outcome_words())
        });
    }
}

fn ends_are_recognised(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, (index, page), more) in pages(watch) {
        let Some(member) = page_member(page) else { continue };
        if !(member.is_null() || member.as_str() == Some("")) {
            continue;
        }
        tally.demand((step.index, index), !more && step.value().is_some(), || {
            if more {
                format!("a request follows the page whose nextLink is {member}")
            } else {
                format!("a nextLink that is {member} came to {}", step.outcome_words())
            }
        });
    }
}

fn empty_pages_are_passed(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, (index, page), more) in pages(watch) {
        if items(page) != 0 || next_link(page).is_none() {
            continue;
        }
        tally.demand((step.index, index), more, || {
            "an empty page with a nextLink ends the list".to_owned()
        });
    }
}

fn items(page: &Exchange) -> usize {
    json_body(page).and_then(|body| body.get("value")?.as_array().map(Vec::len)).unwrap_or(0)
}

fn pages_are_lazy(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let Some(take) = list_take(call) else { continue };
        let mut had = 0;
        let mut needed = 0;
        for request in &step.requests {
            if had >= take && needed > 0 {
                break;
            }
            needed += 1;
            had += items(request.attempts[request.attempts.len() - 1].1);
        }
        let (index, more) = match step.requests.get(needed.max(1) - 1) {
            None => continue,
            Some(last) => (last.attempts[0].0, next_link(last.attempts[last.attempts.len() - 1].1)),
        };
        // Only a list that has more shows that the client holds back.
        if more.is_none() {
            continue;
        }
        tally.demand((step.index, index), step.requests.len() <= needed, || {
            format!("{} requests for {take} items, {needed} would do", step.requests.len())
        });
    }
}

fn list_take(call: &Called) -> Option<usize> {
    let lists = matches!(call.operation, Operation::ListRooms | Operation::ListParticipants);
    let take = call.arguments.get("take")?.as_u64()?;
    lists.then(|| usize::try_from(take).unwrap_or(usize::MAX))
}

fn pages_are_exposed(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, call) in watch.calls() {
        let by_page = call.arguments.get("by_page").and_then(|on| on.as_bool()) == Some(true);
        if !by_page || step.requests.is_empty() {
            continue;
        }
        let skipped = step.option("resume_after").and_then(|pages| pages.as_u64()).unwrap_or(0);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let wire: Vec<usize> = step.requests.iter().map(last_page).skip(skipped).collect();
        let given: Option<Vec<usize>> = step.value().and_then(|value| {
            value.as_array()?.iter().map(|page| page.as_array().map(Vec::len)).collect()
        });
        tally.demand_of_step(step.index, given.as_ref() == Some(&wire), || match &given {
            Some(given) => {
                format!("pages of {given:?} items are given, those of the wire have {wire:?}")
            }
            None => format!(
                "no pages are given: {}",
                step.value().map_or_else(|| step.outcome_words(), ToString::to_string)
            ),
        });
    }
}

fn last_page(request: &Request<'_>) -> usize {
    items(request.attempts[request.attempts.len() - 1].1)
}

fn credentials_stay_at_their_origin(watch: &Watch<'_>, tally: &mut Tally) {
    for step in &watch.steps {
        let Some(home) = step.requests.first().map(|request| &request.first().sent.authority)
        else {
            continue;
        };
        let abroad = step.requests.iter().find_map(|request| {
            let link = next_link(request.attempts[request.attempts.len() - 1].1)?;
            let (_, rest) = link.split_once("://")?;
            let authority = rest.split(['/', '?']).next()?.to_owned();
            (authority != *home).then_some(authority)
        });
        let Some(abroad) = abroad else { continue };
        let leaked = step.record.exchanges.iter().position(|exchange| {
            exchange.sent.authority != *home && exchange.sent.headers.get("authorization").is_some()
        });
        tally.exercise();
        if let Some(index) = leaked {
            tally.note(
                step.index,
                Some(index),
                format!("a nextLink to {abroad} gets a request with credentials"),
            );
        }
    }
}
