//! Numbers, durations and sizes: decimal literals with an optional unit behind them.

use std::time::Duration;

/// A number as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) amount: u64,
    pub(crate) unit: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not a number at all.
    NoNumber,
    /// In quotes.
    Quoted,
    Fraction,
    /// `0x10`.
    Radix,
    TooLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnitFault {
    Missing,
    /// `5m`.
    Ambiguous,
    Unknown,
    TooLarge,
}

pub(crate) const DURATION_UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

pub(crate) const SIZE_UNITS: [(&str, u64); 4] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Whether `word` is a unit of durations or sizes.
pub(crate) fn is_unit(word: &str) -> bool {
    DURATION_UNITS.iter().chain(&SIZE_UNITS).any(|(unit, _)| *unit == word)
}

/// What a number with a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Plain,
    Duration,
    Size,
}

/// What the unit says.
pub(crate) fn measure(number: &Number) -> Measure {
    if number.unit.is_empty() {
        Measure::Plain
    } else if SIZE_UNITS.iter().any(|(unit, _)| *unit == number.unit) {
        Measure::Size
    } else {
        Measure::Duration
    }
}

/// Longest duration: ten years, so that no sum of a few overflows.
const LONGEST_MILLIS: u64 = 3_650 * 86_400_000;

/// Reads a literal as the compiler prints it.
pub(crate) fn parse(written: &str) -> Result<Number, Fault> {
    if written.starts_with(['"', '\'', 'r', 'b', 'c']) {
        let inner = written.trim_matches('"');
        return Err(if parse_plain(inner).is_ok() { Fault::Quoted } else { Fault::NoNumber });
    }
    parse_plain(written)
}

fn parse_plain(written: &str) -> Result<Number, Fault> {
    let digits =
        written.find(|character: char| !character.is_ascii_digit() && character != '_').unwrap_or(written.len());
    let (number, unit) = written.split_at(digits);
    if !number.starts_with(|character: char| character.is_ascii_digit()) {
        return Err(Fault::NoNumber);
    }
    if unit.starts_with('.') || unit.starts_with(['e', 'E']) {
        return Err(Fault::Fraction);
    }
    let radix = number == "0" && unit.starts_with(['x', 'o', 'b']);
    if radix {
        return Err(Fault::Radix);
    }
    if !unit.chars().all(char::is_alphanumeric) {
        return Err(Fault::NoNumber);
    }
    let amount = number.replace('_', "").parse().map_err(|_| Fault::TooLarge)?;
    Ok(Number { amount, unit: unit.to_owned() })
}

/// `5s` as a duration.
pub(crate) fn duration(number: &Number) -> Result<Duration, UnitFault> {
    millis(number).map(Duration::from_millis)
}

fn millis(number: &Number) -> Result<u64, UnitFault> {
    match number.unit.as_str() {
        "" => Err(UnitFault::Missing),
        "m" => Err(UnitFault::Ambiguous),
        unit => {
            let (_, factor) = DURATION_UNITS.iter().find(|(name, _)| *name == unit).ok_or(UnitFault::Unknown)?;
            number.amount.checked_mul(*factor).filter(|millis| *millis <= LONGEST_MILLIS).ok_or(UnitFault::TooLarge)
        }
    }
}

/// A property's number: durations are milliseconds, sizes are bytes.
pub(crate) fn property(number: &Number) -> Result<i64, UnitFault> {
    let amount = if number.unit.is_empty() {
        Some(number.amount)
    } else if let Some((_, factor)) = SIZE_UNITS.iter().find(|(name, _)| *name == number.unit) {
        number.amount.checked_mul(*factor)
    } else {
        Some(millis(number)?)
    };
    amount.and_then(|amount| i64::try_from(amount).ok()).ok_or(UnitFault::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        for (written, expected) in [
            ("5", Ok((5, ""))),
            ("1_000", Ok((1_000, ""))),
            ("5s", Ok((5, "s"))),
            ("10min", Ok((10, "min"))),
            ("64KiB", Ok((64, "KiB"))),
            ("1.5s", Err(Fault::Fraction)),
            ("1e3", Err(Fault::Fraction)),
            ("0x10", Err(Fault::Radix)),
            ("0b11", Err(Fault::Radix)),
            ("\"3\"", Err(Fault::Quoted)),
            ("\"x\"", Err(Fault::NoNumber)),
            ("'3'", Err(Fault::NoNumber)),
            ("99999999999999999999", Err(Fault::TooLarge)),
        ] {
            let found = parse(written).map(|number| (number.amount, number.unit));
            assert_eq!(found, expected.map(|(amount, unit): (u64, &str)| (amount, unit.to_owned())), "{written}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        for (written, expected) in [
            ("250ms", Ok(250)),
            ("5s", Ok(5_000)),
            ("10min", Ok(600_000)),
            ("1h", Ok(3_600_000)),
            ("7d", Ok(604_800_000)),
            ("0s", Ok(0)),
            ("0", Err(UnitFault::Missing)),
            ("5m", Err(UnitFault::Ambiguous)),
            ("5sec", Err(UnitFault::Unknown)),
            ("64KiB", Err(UnitFault::Unknown)),
            ("4000d", Err(UnitFault::TooLarge)),
        ] {
            let number = parse(written).expect("a number");
            assert_eq!(duration(&number).map(|duration| duration.as_millis()), expected, "{written}");
        }
    }

    #[test]
    fn property_numbers_are_milliseconds_and_bytes() {
        for (written, expected) in
            [("6", Ok(6)), ("7d", Ok(604_800_000)), ("64KiB", Ok(65_536)), ("1m", Err(UnitFault::Ambiguous))]
        {
            assert_eq!(property(&parse(written).expect("a number")), expected, "{written}");
        }
    }
}
