//! The spellings of target and host that shipping SDKs sign, and that the service accepts for them.

use percent_encoding::percent_decode_str;

/// One way to write what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    pub form: &'static str,
    pub target: String,
    pub host: String,
}

/// The forms in the order in which they are tried; nearly every request fits the first.
const FORMS: [&str; 6] =
    ["wire", "decoded", "form", "wire,no-port", "decoded,no-port", "form,no-port"];

/// All accepted spellings, the wire's first, each made when it is asked for; those that coincide
/// with an earlier one are left out.
pub(super) fn spellings<'a>(
    target: &'a str,
    authority: &'a str,
) -> impl Iterator<Item = Spelling> + 'a {
    let mut seen: Vec<(String, String)> = Vec::new();
    FORMS.into_iter().filter_map(move |form| {
        let (target, host) = spell(form, target, authority);
        if seen.iter().any(|known| known.0 == target && known.1 == host) {
            return None;
        }
        seen.push((target.clone(), host.clone()));
        Some(Spelling { form, target, host })
    })
}

/// Target and host as a named form writes them.
pub(super) fn spell(name: &str, target: &str, authority: &str) -> (String, String) {
    let (how, host) = match name.split_once(',') {
        Some((how, _)) => (how, without_port(authority)),
        None => (name, authority),
    };
    let target = match how {
        "decoded" => decoded(target),
        "form" => form(target),
        _ => target.to_owned(),
    };
    (target, host.to_owned())
}

/// Java signs the host alone.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            host
        }
        _ => authority,
    }
}

/// The Python Rooms SDK signs path and query percent-decoded.
fn decoded(target: &str) -> String {
    percent_decode_str(target).decode_utf8_lossy().into_owned()
}

/// JavaScript signs the query serialised anew, as a form is.
fn form(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", form_text(name), form_text(value))
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

fn form_text(text: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(&text.replace('+', " ")).collect();
    let decoded = String::from_utf8_lossy(&decoded);
    let mut encoded = String::with_capacity(decoded.len());
    for byte in decoded.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                    encoded.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(target: &str, authority: &str) -> Vec<&'static str> {
        spellings(target, authority).map(|spelling| spelling.form).collect()
    }

    #[test]
    fn spellings_that_coincide_are_one() {
        assert_eq!(names("/rooms?api-version=2025-03-13", "localhost"), ["wire"]);
        assert_eq!(names("/rooms?a=b", "localhost:1"), ["wire", "wire,no-port"]);
        assert_eq!(names("/rooms?a=%2B~", "localhost:1").len(), 6);
        assert_eq!(names("/rooms", "[::1]").len(), 1);
    }

    #[test]
    fn a_named_form_is_spelt_as_it_was_found() {
        let (target, authority) = ("/rooms?nextLink=%2Fa%2B%3D%20~*:&api-version=1", "localhost:1");
        for spelling in spellings(target, authority) {
            let spelt = spell(spelling.form, target, authority);
            assert_eq!(spelt, (spelling.target, spelling.host), "{}", spelling.form);
        }
    }

    #[test]
    fn the_measured_link_is_spelt_as_each_sdk_signs_it() {
        let target = "/rooms?nextLink=%2Fa%2B%3D%20~*:&api-version=1";
        assert_eq!(decoded(target), "/rooms?nextLink=/a+= ~*:&api-version=1");
        assert_eq!(form(target), "/rooms?nextLink=%2Fa%2B%3D+%7E*%3A&api-version=1");
    }
}
