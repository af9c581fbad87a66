//! Durations and sizes, written as in routes: `250ms 5s 10min 1h 7d`, `512KiB 64MiB 1GiB`.

use std::time::Duration;

/// Reads a duration; `Err` says what to write instead.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "a duration such as `250ms`, `5s`, `10min`, `1h` or `7d`";
    let (number, unit) = split(text).ok_or(EXPECTED)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "m" => return Err("a duration with a clear unit: for `m`, write `min` or `ms`"),
        "" => return Err("a duration with its unit, such as `250ms` or `5s`"),
        _ => return Err(EXPECTED),
    };
    number.checked_mul(milliseconds).map(Duration::from_millis).ok_or(EXPECTED)
}

/// Reads a size in bytes; `Err` says what to write instead.
pub(crate) fn parse_size(text: &str) -> Result<u64, &'static str> {
    const EXPECTED: &str = "a size such as `512KiB`, `64MiB` or `1GiB`";
    let (number, unit) = split(text).ok_or(EXPECTED)?;
    let bytes = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "K" | "k" | "KB" | "kB" | "kb" => return Err("a size with a binary unit: write `KiB`"),
        "M" | "m" | "MB" | "mb" => return Err("a size with a binary unit: write `MiB`"),
        "G" | "g" | "GB" | "gb" => return Err("a size with a binary unit: write `GiB`"),
        _ => return Err(EXPECTED),
    };
    number.checked_mul(bytes).ok_or(EXPECTED)
}

/// A duration as it would be written, in the largest unit that loses nothing.
pub(crate) fn format_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    let whole = units.into_iter().find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    match whole {
        Some((unit, name)) if milliseconds > 0 => format!("{}{name}", milliseconds / unit),
        _ => "0s".to_owned(),
    }
}

/// A size as it would be written, in the largest unit that loses nothing; bytes (`1500B`) when no unit fits.
pub(crate) fn format_size(bytes: u64) -> String {
    let units: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let whole = units.into_iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{bytes}B"), |(unit, name)| format!("{}{name}", bytes / unit))
}

/// The decimal number in front and the unit behind it.
fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_alike() {
        for (text, milliseconds) in
            [("250ms", 250), ("5s", 5_000), ("10min", 600_000), ("1h", 3_600_000), ("7d", 604_800_000), ("0s", 0)]
        {
            let duration = Duration::from_millis(milliseconds);
            assert_eq!(parse_duration(text), Ok(duration), "{text}");
            assert_eq!(format_duration(duration), text);
        }
        for (text, hint) in [
            ("5m", "write `min` or `ms`"),
            ("5", "with its unit"),
            ("five", "such as"),
            ("-5s", "such as"),
            ("5 s", "such as"),
            ("", "such as"),
            ("99999999999999999999s", "such as"),
            ("18446744073709551615d", "such as"),
        ] {
            let error = parse_duration(text).expect_err(text);
            assert!(error.contains(hint), "{text}: {error}");
        }
    }

    #[test]
    fn sizes_are_read_and_written_alike() {
        for (text, bytes) in [("512KiB", 512 << 10), ("64MiB", 64 << 20), ("1GiB", 1 << 30)] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
            assert_eq!(format_size(bytes), text);
        }
        assert_eq!(format_size(1500), "1500B");
        for (text, hint) in [("64MB", "`MiB`"), ("64", "such as"), ("64mib", "such as"), ("1g", "`GiB`")] {
            let error = parse_size(text).expect_err(text);
            assert!(error.contains(hint), "{text}: {error}");
        }
    }
}
