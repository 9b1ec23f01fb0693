//! Parts of a page that nobody may ever look at: gzip in base64, unpacked when a reader asks.
//!
//! The cells of a matrix are tens of megabytes of text that repeats itself; packed they are one or
//! two, and a browser has nothing to lay out.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Writes markup as a packed part named `z-<name>`. The same markup gives the same bytes.
pub(super) fn write_packed(out: &mut dyn Write, name: &str, markup: &str) -> std::io::Result<()> {
    if markup.is_empty() {
        return Ok(());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(markup.as_bytes())?;
    let packed = STANDARD.encode(encoder.finish()?);
    write!(out, "<template id=\"z-{name}\">{packed}</template>")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_and_is_small() {
        let markup = "<section id=\"s-1-1\">é</section>".repeat(1000);
        let mut out = Vec::new();
        write_packed(&mut out, "s-1", &markup).unwrap();
        let page = String::from_utf8(out).unwrap();
        let packed = page.strip_prefix("<template id=\"z-s-1\">").unwrap();
        let packed = packed.strip_suffix("</template>").unwrap();
        assert!(packed.len() * 20 < markup.len(), "{}", packed.len());
        let mut unpacked = String::new();
        let bytes = STANDARD.decode(packed).unwrap();
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, markup);
    }
}
