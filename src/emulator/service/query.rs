//! The query of a request, read as the service reads it: form-decoded, so that a bare `+` is a
//! space, which is what a client meets that decodes a continuation token and forgets to encode it.

use percent_encoding::percent_decode_str;

/// All values of a parameter, whose name counts in any case.
pub(super) fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        decode(key).eq_ignore_ascii_case(name).then(|| decode(value))
    })
}

/// The first value of a parameter.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    values(query, name).next()
}

fn decode(text: &str) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_a_bare_plus_is_a_space() {
        assert_eq!(value("a=1&b=%2B+x", "b").as_deref(), Some("+ x"));
        assert_eq!(value("API-Version=1", "api-version").as_deref(), Some("1"));
        assert_eq!(value("a", "a").as_deref(), Some(""));
        assert_eq!(value("", "a"), None);
        assert_eq!(values("a=1&a=2", "a").count(), 2);
    }
}
