//! Cutting an adapter's standard output into protocol lines and log, with a limit to memory.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use super::answer::MARK;
use super::violation::{LONGEST_LINE, Violation};

/// One line of standard output.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// Began with the mark, which is taken off.
    Protocol(String),
    /// Anything else: the adapter's log.
    Log(String),
    Broken(Violation),
}

/// Cuts an output into lines. Never holds more than the longest line: of a longer one the rest is
/// read and dropped.
pub struct Lines<R> {
    output: R,
    /// What has come of the line at hand, as far as it is kept.
    line: Vec<u8>,
    /// How long the line at hand is.
    whole: usize,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    pub fn new(output: R) -> Self {
        Self { output, line: Vec::new(), whole: 0 }
    }

    /// The next line; `None` at the end of the output. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> std::io::Result<Option<Line>> {
        loop {
            let available = self.output.fill_buf().await?;
            if available.is_empty() {
                return Ok((self.whole > 0).then(|| self.finish()));
            }
            let (taken, ended) = match available.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end, true),
                None => (available.len(), false),
            };
            let room = (LONGEST_LINE + MARK.len() + 2).saturating_sub(self.line.len());
            self.line.extend(available.iter().take(taken.min(room)));
            self.whole += taken;
            self.output.consume(taken + usize::from(ended));
            if ended {
                return Ok(Some(self.finish()));
            }
        }
    }

    fn finish(&mut self) -> Line {
        let line = std::mem::take(&mut self.line);
        sort(line, std::mem::take(&mut self.whole))
    }
}

fn sort(mut line: Vec<u8>, whole: usize) -> Line {
    if line.last() == Some(&b'\r') && line.len() == whole {
        line.pop();
    }
    let Some(content) = line.strip_prefix(MARK.as_bytes()) else {
        return Line::Log(String::from_utf8_lossy(&line).into_owned());
    };
    if content.len() > LONGEST_LINE {
        let line = String::from_utf8_lossy(content.get(..4096).unwrap_or(content)).into_owned();
        return Line::Broken(Violation::TooLong { line });
    }
    match std::str::from_utf8(content) {
        Ok(text) => Line::Protocol(text.to_owned()),
        Err(error) => Line::Broken(Violation::NotUtf8 {
            line: String::from_utf8_lossy(content).into_owned(),
            column: error.valid_up_to() + 1,
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::BufReader;

    use super::*;

    async fn lines(bytes: &[u8], capacity: usize) -> Vec<Line> {
        let mut output = Lines::new(BufReader::with_capacity(capacity, bytes));
        let mut all = Vec::new();
        while let Some(line) = output.next().await.unwrap() {
            all.push(line);
        }
        all
    }

    #[tokio::test]
    async fn marked_lines_are_protocol_and_all_others_log_however_they_arrive() {
        for capacity in [1, 2, 3, 7, 1024] {
            let all = lines(b"noise\n@@{\"a\":1}\r\n @@{}\n\n@@tail", capacity).await;
            assert_eq!(
                all,
                [
                    Line::Log("noise".to_owned()),
                    Line::Protocol("{\"a\":1}".to_owned()),
                    Line::Log(" @@{}".to_owned()),
                    Line::Log(String::new()),
                    Line::Protocol("tail".to_owned()),
                ]
            );
        }
    }

    #[tokio::test]
    async fn a_line_of_the_longest_length_passes_and_one_byte_more_does_not() {
        let mut bytes = b"@@".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', LONGEST_LINE));
        bytes.extend(b"\n@@");
        bytes.extend(std::iter::repeat_n(b'x', LONGEST_LINE + 1));
        bytes.extend(b"\n@@{}\n");
        let all = lines(&bytes, 8192).await;
        assert!(matches!(&all[0], Line::Protocol(text) if text.len() == LONGEST_LINE));
        assert!(matches!(&all[1], Line::Broken(Violation::TooLong { .. })));
        assert_eq!(all[2], Line::Protocol("{}".to_owned()), "the line after it is whole");
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_a_violation_only_on_protocol_lines() {
        let all = lines(b"\xff\n@@{\xff}\n", 64).await;
        assert!(matches!(&all[0], Line::Log(_)));
        assert!(matches!(&all[1], Line::Broken(Violation::NotUtf8 { column: 2, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_at_line_feeds_and_nowhere_else(bytes: Vec<u8>, capacity in 1_usize..64) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let all = runtime.block_on(lines(&bytes, capacity));
            let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
            let open = usize::from(!bytes.is_empty() && bytes.last() != Some(&b'\n'));
            prop_assert_eq!(all.len(), feeds + open);
        }
    }
}
