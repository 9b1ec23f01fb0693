//! As much of a certificate as a person asks about: who issued it, and until when it is good.
//!
//! Reads the few DER fields that it needs; whether the chain is trusted is the TLS library's.

use chrono::{DateTime, NaiveDateTime, Utc};

/// What is told of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    pub issuer: Option<String>,
    pub until: DateTime<Utc>,
}

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
const VERSION: u8 = 0xa0;

impl Certificate {
    /// Reads DER; `None` when it is not laid out as a certificate.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (certificate, _) = expect(der, SEQUENCE)?;
        let (body, _) = expect(certificate, SEQUENCE)?;
        let mut rest = body;
        if rest.first() == Some(&VERSION) {
            (_, _, rest) = element(rest)?;
        }
        let (_, _, rest) = element(rest)?; // serial number
        let (_, _, rest) = element(rest)?; // signature algorithm
        let (issuer, rest) = expect(rest, SEQUENCE)?;
        let (validity, _) = expect(rest, SEQUENCE)?;
        let (_, _, until) = element(validity)?;
        let (tag, until, _) = element(until)?;
        Some(Self { issuer: common_name(issuer), until: time(tag, until)? })
    }
}

/// Tag, content and what follows of the first element.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (
            bytes.iter().try_fold(0_usize, |sum, byte| {
                sum.checked_mul(256)?.checked_add(usize::from(*byte))
            })?,
            rest,
        )
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn expect(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    element(der).filter(|(found, _, _)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// The text after the first common name's identifier.
fn common_name(name: &[u8]) -> Option<String> {
    let at = name.windows(COMMON_NAME.len()).position(|window| window == COMMON_NAME)?;
    let (_, text, _) = element(name.get(at + COMMON_NAME.len()..)?)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

fn time(tag: u8, bytes: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(bytes).ok()?;
    // RFC 5280: two digits of the year are of 1950 to 2049.
    let text = match (tag, text.get(..2)?.parse::<u8>().ok()?) {
        (UTC_TIME, 50..) => format!("19{text}"),
        (UTC_TIME, _) => format!("20{text}"),
        _ => text.to_owned(),
    };
    NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok().map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_and_end_of_a_certificate_are_read() {
        let mut parameters =
            rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "A CA");
        for year in [2031, 2051] {
            parameters.not_after = rcgen::date_time_ymd(year, 2, 3);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = parameters.self_signed(&key).expect("a certificate");
            let read = Certificate::read(certificate.der()).expect("readable");
            assert_eq!(read.issuer.as_deref(), Some("A CA"));
            assert_eq!(read.until.to_rfc3339(), format!("{year}-02-03T00:00:00+00:00"));
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        for bytes in [&b""[..], b"\x30", b"\x30\x82", b"garbage", &[0x30, 0x84, 255, 255, 255, 255]]
        {
            assert_eq!(Certificate::read(bytes), None);
        }
    }
}
