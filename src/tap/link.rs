//! The one thing that a tap changes in an answer: the authority of `nextLink`.

use bytes::Bytes;
use serde_json::Value;

/// Points the `nextLink` of a list from `theirs` (scheme and authority of the live resource) to
/// `ours`. Only these characters change: spacing, order and escapes of the rest stay. `None` when
/// there is nothing to change.
pub fn rewrite(body: &[u8], theirs: &str, ours: &str) -> Option<Bytes> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let link = value.as_object()?.get("nextLink")?.as_str()?;
    let rest = strip_origin(link, theirs)?;
    // The member's text as it stands in the body, whichever way its slashes are escaped.
    let text = std::str::from_utf8(body).ok()?;
    let (start, end) = member_value(text, "nextLink")?;
    let raw = text.get(start..end)?;
    let kept = raw_tail(raw, rest)?;
    let mut rewritten = String::with_capacity(text.len() + ours.len());
    rewritten.push_str(text.get(..start)?);
    rewritten.push_str(ours);
    rewritten.push_str(kept);
    rewritten.push_str(text.get(end..)?);
    Some(Bytes::from(rewritten))
}

/// What follows the origin, when the link has it; the scheme's own port may be spelt out.
fn strip_origin<'a>(link: &'a str, origin: &str) -> Option<&'a str> {
    let begins = |prefix: &str| {
        let head = link.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then(|| link.get(prefix.len()..)).flatten()
    };
    [":443", ""]
        .iter()
        .filter_map(|port| begins(&format!("{origin}{port}")))
        .find(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Byte range of the text of a top-level string member, without its quotes.
fn member_value(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    let mut at = 0;
    let mut key: Option<String> = None;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => key = None,
            b'"' => {
                let end = string_end(bytes, at)?;
                let quoted = text.get(at..=end)?;
                if depth == 1 && key.is_none() {
                    key = serde_json::from_str(quoted).ok();
                } else if depth == 1 && key.as_deref() == Some(name) {
                    return Some((at + 1, end));
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the string that begins at `start` has its closing quote.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The end of the raw text that decodes to `rest`.
fn raw_tail<'a>(raw: &'a str, rest: &str) -> Option<&'a str> {
    let decoded = |text: &str| serde_json::from_str::<String>(&format!("\"{text}\"")).ok();
    raw.char_indices()
        .map(|(at, _)| at)
        .chain([raw.len()])
        .filter_map(|at| raw.get(at..))
        .find(|tail| decoded(tail).as_deref() == Some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "https://contoso.communication.azure.com";
    const OURS: &str = "https://localhost:4711";

    fn rewritten(body: &str) -> Option<String> {
        rewrite(body.as_bytes(), THEIRS, OURS)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn the_authority_of_the_next_link_changes_and_not_a_byte_beside_it() {
        let body = r#"{ "value":[{"nextLink":"https://contoso.communication.azure.com/x"}],
            "nextLink" : "https://contoso.communication.azure.com/rooms?nextLink=%2Fa%2B~&api-version=v" }"#;
        let expected = r#"{ "value":[{"nextLink":"https://contoso.communication.azure.com/x"}],
            "nextLink" : "https://localhost:4711/rooms?nextLink=%2Fa%2B~&api-version=v" }"#;
        assert_eq!(rewritten(body).as_deref(), Some(expected));
    }

    #[test]
    fn escaped_slashes_and_a_spelt_out_port_are_the_same_link() {
        let body =
            r#"{"nextLink":"https:\/\/contoso.communication.azure.com:443\/rooms?a=\u0026b"}"#;
        let expected = r#"{"nextLink":"https://localhost:4711\/rooms?a=\u0026b"}"#;
        assert_eq!(rewritten(body).as_deref(), Some(expected));
    }

    #[test]
    fn a_link_to_somebody_else_a_relative_one_and_no_link_stay_as_they_are() {
        for body in [
            r#"{"nextLink":"https://contoso.communication.azure.com.evil.example/rooms"}"#,
            r#"{"nextLink":"https://other.example/rooms"}"#,
            r#"{"nextLink":"/rooms?a=b"}"#,
            r#"{"nextLink":null}"#,
            r#"{"value":[]}"#,
            "no json",
        ] {
            assert_eq!(rewritten(body), None, "{body}");
        }
    }
}
