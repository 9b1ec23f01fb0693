//! Ranges of versions: `>=1.0,<1.3`.

use std::cmp::Ordering;
use std::fmt;

/// A list of bounds that all must hold. Versions compare number by number; what follows the
/// numbers (`-beta.1`, `rc2`) makes a version older than the same without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    text: String,
    bounds: Vec<(Comparison, Version)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    numbers: Vec<u64>,
    rest: String,
}

impl Requirement {
    /// Reads `>=1.0,<1.3`; a version alone means exactly that one.
    ///
    /// # Errors
    ///
    /// A text that says which bound is no bound.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bounds = text.split(',').map(|bound| read_bound(bound.trim()));
        Ok(Self { text: text.to_owned(), bounds: bounds.collect::<Result<_, _>>()? })
    }

    pub fn allows(&self, version: &str) -> bool {
        let version = Version::read(version);
        self.bounds.iter().all(|(comparison, bound)| {
            let order = version.compare(bound);
            match comparison {
                Comparison::Less => order == Ordering::Less,
                Comparison::LessOrEqual => order != Ordering::Greater,
                Comparison::Equal => order == Ordering::Equal,
                Comparison::GreaterOrEqual => order != Ordering::Less,
                Comparison::Greater => order == Ordering::Greater,
            }
        })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read_bound(text: &str) -> Result<(Comparison, Version), String> {
    let signs = [
        (">=", Comparison::GreaterOrEqual),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
        ("", Comparison::Equal),
    ];
    let (version, comparison) = signs
        .into_iter()
        .find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?.trim(), comparison)))
        .unwrap_or((text, Comparison::Equal));
    if !is_version(version) {
        return Err(format!("\"{text}\" is no version bound such as >=1.0 or <1.3"));
    }
    Ok((comparison, Version::read(version)))
}

/// Numbers with points between them, and perhaps what makes it older: `1.2.0`, `1.2.0b1`,
/// `1.3.0-beta.1`.
fn is_version(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    numbers.split('.').all(|number| !number.is_empty())
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-.+".contains(c))
}

impl Version {
    fn read(text: &str) -> Self {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let numbers = numbers.split('.').filter_map(|number| number.parse().ok()).collect();
        Self { numbers, rest: rest.to_owned() }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let padded = |version: &Self| {
            let mut numbers = version.numbers.clone();
            numbers.resize(length, 0);
            numbers
        };
        padded(self).cmp(&padded(other)).then_with(|| {
            match (self.rest.is_empty(), other.rest.is_empty()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => self.rest.cmp(&other.rest),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Requirement;

    #[test]
    fn bounds_hold_together_and_numbers_are_not_texts() {
        let range = Requirement::parse(">=1.0,<1.10").unwrap();
        assert!(range.allows("1.0.0") && range.allows("1.9.3") && !range.allows("1.10.0"));
        assert!(Requirement::parse("1.2").unwrap().allows("1.2.0"));
        assert!(Requirement::parse(">1.2.0b1").unwrap().allows("1.2.0"), "a beta comes before");
    }

    #[test]
    fn what_is_no_bound_is_refused() {
        assert!(Requirement::parse("latest").unwrap_err().contains("\"latest\""));
        assert!(Requirement::parse(">=1.0,").is_err());
        for text in [">=0.0 <0.1", "1.x", "1..2", ">=1.0;<2"] {
            assert!(Requirement::parse(text).is_err(), "{text}");
        }
        assert!(Requirement::parse(">=1.3.0-beta.1").is_ok());
    }
}
