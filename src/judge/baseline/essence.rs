//! What the texts of several failures have in common, without what changes from run to run.

/// The longest run of whole words, free of digits, that stands in every text; none where it would
/// say too little.
pub fn essence<'t>(texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let mut texts = texts.map(words);
    let mut common: Vec<Vec<&str>> =
        texts.next()?.split(|word| varies(word)).map(<[_]>::to_vec).collect();
    for words in texts {
        common = common.iter().map(|run| longest_shared(run, &words)).collect();
    }
    let longest = common.into_iter().map(|run| run.join(" ")).max_by_key(String::len)?;
    (longest.len() >= TELLING).then_some(longest)
}

/// Shorter than this a text fits too much.
const TELLING: usize = 10;

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

/// Ids, ports, dates and line breaks differ from run to run.
fn varies(word: &str) -> bool {
    word.contains(|character: char| character.is_ascii_digit() || character.is_control())
}

/// The longest part of `run` that stands in `words`, too.
fn longest_shared<'t>(run: &[&'t str], words: &[&str]) -> Vec<&'t str> {
    let lengths = (1..=run.len()).rev();
    let mut parts = lengths.flat_map(|length| run.windows(length));
    let shared = parts.find(|part| words.windows(part.len()).any(|window| window == *part));
    shared.map(<[_]>::to_vec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn what_changes_from_run_to_run_is_left_out() {
        let of = |texts: &[&str]| essence(texts.iter().copied());
        assert_eq!(
            of(&[
                "request 6b6e-99 says that it is attempt 1",
                "request 77a-1 says that it is attempt 2"
            ]),
            Some("says that it is attempt".to_owned())
        );
        assert_eq!(
            of(&[
                "`valid_from` was not set, and validFrom: null is sent",
                "`x` was not set, and y: false is sent"
            ]),
            Some("was not set, and".to_owned())
        );
        assert_eq!(
            of(&["the log holds the value of Authorization"]).as_deref(),
            Some("the log holds the value of Authorization")
        );
        assert_eq!(of(&["409 came", "404 came"]), None, "too little");
        assert_eq!(of(&[]), None);
    }
}
