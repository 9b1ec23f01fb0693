//! The spellings of time on the wire: RFC 3339 in bodies, IMF-fixdate in headers, and the
//! durations of scenarios and options. Owns no clock: time is an argument everywhere.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Timelike, Utc};

/// Reads an RFC 3339 date-time: any offset, 0 to 9 digits of a second, cut to 100 ns, which is
/// what the service keeps. `None` for anything else, a leap second included.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    // chrono takes a space for the `T`, and any number of digits; the service does not.
    if !matches!(bytes.get(10), Some(b'T' | b't')) || fraction_digits(bytes) > 9 {
        return None;
    }
    let instant = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    if instant.nanosecond() >= 1_000_000_000 || !(1..=9999).contains(&instant.year()) {
        return None;
    }
    Some(instant.trunc_subsecs(7))
}

fn fraction_digits(bytes: &[u8]) -> usize {
    match bytes.get(19) {
        Some(b'.') => bytes.iter().skip(20).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    }
}

/// The service's spelling: `yyyy-MM-ddTHH:mm:ss[.fffffff]+00:00`, 7 digits at most, trailing
/// zeros cut, no fraction when it is zero, never `Z` (recorded).
pub fn service_text(instant: DateTime<Utc>) -> String {
    let mut text = String::with_capacity(33);
    digits(&mut text, instant.year().unsigned_abs(), 4);
    for (mark, value) in [
        ('-', instant.month()),
        ('-', instant.day()),
        ('T', instant.hour()),
        (':', instant.minute()),
        (':', instant.second()),
    ] {
        text.push(mark);
        digits(&mut text, value, 2);
    }
    let ticks = instant.nanosecond() / 100;
    if ticks > 0 {
        text.push('.');
        digits(&mut text, ticks, 7);
        text.truncate(text.trim_end_matches('0').len());
    }
    text.push_str("+00:00");
    text
}

/// Appends `value` with leading zeros up to `width` digits.
pub(crate) fn digits(text: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// IMF-fixdate, as `Date` and `x-ms-date` carry it: `Tue, 13 Jun 2023 11:29:16 GMT`.
pub fn http_date(instant: DateTime<Utc>) -> String {
    let name = |names: &[&'static str], index: u32| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("")
    };
    let mut text = String::with_capacity(29);
    text.push_str(name(&DAYS, instant.weekday().num_days_from_monday()));
    text.push_str(", ");
    digits(&mut text, instant.day(), 2);
    text.push(' ');
    text.push_str(name(&MONTHS, instant.month0()));
    text.push(' ');
    digits(&mut text, instant.year().unsigned_abs(), 4);
    for (mark, value) in [(' ', instant.hour()), (':', instant.minute()), (':', instant.second())] {
        text.push(mark);
        digits(&mut text, value, 2);
    }
    text.push_str(" GMT");
    text
}

/// Reads IMF-fixdate, strictly: the day of the week must fit, the day must have two digits. Names
/// may be in either case.
pub fn parse_http_date(text: &str) -> Option<DateTime<Utc>> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let month = text.get(8..11)?;
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(number(12, 16)?).ok()?,
        u32::try_from(month + 1).ok()?,
        number(5, 7)?,
    )?;
    let instant = date.and_hms_opt(number(17, 19)?, number(20, 22)?, number(23, 25)?)?.and_utc();
    // Whatever was not looked at is as it must be when the instant is written so.
    http_date(instant).eq_ignore_ascii_case(text).then_some(instant)
}

/// Units of a duration, with their milliseconds.
const UNITS: [(&str, u64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// Reads `1h30m`, `250ms`, `4w`: whole numbers with units w, d, h, m, s, ms, each once and from
/// large to small. `None` for anything else, a number without a unit included.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut last = u64::MAX;
    while !rest.is_empty() {
        let number = &rest[..rest.find(|character: char| !character.is_ascii_digit())?];
        let after = rest.get(number.len()..)?;
        let end = after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let (_, length) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        if length >= last {
            return None;
        }
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(length)?)?;
        (last, rest) = (length, next);
    }
    // Beyond this chrono cannot count.
    (last != u64::MAX && total <= i64::MAX.unsigned_abs()).then(|| Duration::from_millis(total))
}

/// The shortest spelling that [`parse_duration`] reads back; less than a millisecond is cut.
pub fn duration_text(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if left == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, length) in UNITS.into_iter().rev() {
        let count = left / length;
        left %= length;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    #[test]
    fn recorded_times_come_out_as_the_service_writes_them() {
        for (sent, written) in [
            ("2025-02-22T01:29:37.343745Z", "2025-02-22T01:29:37.343745+00:00"),
            ("2025-02-22T01:29:41.870300Z", "2025-02-22T01:29:41.8703+00:00"),
            ("2025-03-06T00:20:02.000Z", "2025-03-06T00:20:02+00:00"),
            ("2025-03-06T02:20:02+02:00", "2025-03-06T00:20:02+00:00"),
            ("2025-03-06t00:20:02.123456789z", "2025-03-06T00:20:02.1234567+00:00"),
        ] {
            assert_eq!(service_text(parse(sent).unwrap()), written, "{sent}");
        }
    }

    #[test]
    fn what_is_no_rfc_3339_time_is_refused() {
        for text in [
            "",
            "2025-03-06",
            "2025-03-06 00:20:02Z",
            "2025-03-06T00:20:02",
            "2025-03-06T00:20Z",
            "2025-02-30T00:20:02Z",
            "2025-03-06T24:20:02Z",
            "2025-03-06T23:59:60Z",
            "2025-03-06T00:20:02.Z",
            "2025-03-06T00:20:02.1234567890Z",
            "0001-01-01T00:00:00+14:00",
            "é025-03-06T00:20:02Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn header_dates_are_read_back_and_loose_ones_refused() {
        let instant = Utc.with_ymd_and_hms(2026, 11, 3, 0, 29, 44).unwrap();
        assert_eq!(http_date(instant), "Tue, 03 Nov 2026 00:29:44 GMT");
        assert_eq!(parse_http_date("Tue, 03 Nov 2026 00:29:44 GMT"), Some(instant));
        for text in [
            "Tue, 3 Nov 2026 00:29:44 GMT",
            "Wed, 03 Nov 2026 00:29:44 GMT",
            "Tue, 03 Nov 26 00:29:44 GMT",
            "2026-11-03T00:29:44Z",
            "",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn durations_need_units_from_large_to_small() {
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse_duration("4w"), Some(Duration::from_secs(4 * 7 * 86400)));
        for text in
            ["", "5", "m", "30m1h", "1h1h", "1 h", "-1h", "1.5h", "1x", "99999999999999999w"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_instant_survives_both_spellings(seconds in -62_135_596_800_i64..=253_402_300_799, ticks in 0_u32..10_000_000) {
            let instant = Utc.timestamp_opt(seconds, ticks * 100).unwrap();
            prop_assert_eq!(parse(&service_text(instant)), Some(instant));
            let whole = instant.trunc_subsecs(0);
            prop_assert_eq!(parse_http_date(&http_date(whole)), Some(whole));
        }

        #[test]
        fn a_duration_survives_its_text(milliseconds in 1_u64..1_000_000_000_000) {
            let duration = Duration::from_millis(milliseconds);
            prop_assert_eq!(parse_duration(&duration_text(duration)), Some(duration));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,40}") {
            let _ = (parse(&text), parse_http_date(&text), parse_duration(&text));
        }
    }
}
