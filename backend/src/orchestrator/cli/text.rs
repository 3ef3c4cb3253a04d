//! What the commands print: tables, details of one thing, and units a person reads.

use std::io::{self, Write};

/// Writes to standard output. Where nobody reads any more, there is nothing left to tell: the process ends.
pub(super) fn say(text: &str) {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    if written.and_then(|()| stdout.flush()).is_err() {
        std::process::exit(1);
    }
}

/// Rows under their heads, as wide as what they hold.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) -> String {
    let heads = heads.map(str::to_owned);
    let lines: Vec<[String; N]> = std::iter::once(heads)
        .chain(rows)
        .map(|row| row.map(|cell| plain(&cell)))
        .collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    });
    let mut out = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// What is known of one thing, a line each; what is empty is left out.
pub(super) fn details(lines: &[(&str, String)]) -> String {
    let known = || lines.iter().filter(|(_, value)| !value.is_empty());
    let width = known()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    known()
        .map(|(name, value)| format!("{name:width$}  {}\n", plain(value)))
        .collect()
}

/// Text without control characters: what others wrote must not steer the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A number of bytes.
pub(super) fn size(bytes: i64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            ["größer".to_owned(), "1".to_owned()],
            ["x".to_owned(), String::new()],
        ];
        assert_eq!(table(["A", "B"], rows), "A       B\ngrößer  1\nx\n");
    }

    #[test]
    fn what_is_unknown_has_no_line() {
        let lines = [
            ("id", "7".to_owned()),
            ("reason", String::new()),
            ("state", "done".to_owned()),
        ];
        assert_eq!(details(&lines), "id     7\nstate  done\n");
    }

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        let rows = vec![["a\u{1b}[2Jb\nc".to_owned()]];
        assert_eq!(table(["A"], rows), "A\na [2Jb c\n");
    }

    #[test]
    fn sizes() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (256 << 20, "256.0 MiB"),
            (3 << 40, "3.0 TiB"),
            (5000 << 40, "5000.0 TiB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
