//! The report: airlines with their delays, most flights first. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use indicatif::HumanCount;

use super::tally::{Airline, Tally};

/// The table as text, a line an airline. `names` are the airlines by the code of the carrier.
pub(super) fn table(tally: &Tally, names: &BTreeMap<String, String>) -> String {
    let mut airlines: Vec<(&String, &Airline)> = tally.airlines.iter().collect();
    airlines.sort_by(|left, right| right.1.flights.cmp(&left.1.flights).then(left.0.cmp(right.0)));
    let mut text = format!("{:<28} {:>8} {:>12} {:>13}\n", "airline", "flights", "mean delay", "known planes");
    let mut total = Airline::default();
    for (code, airline) in airlines {
        line(&mut text, names.get(code).unwrap_or(code), airline);
        total.flights += airline.flights;
        total.delay_minutes += airline.delay_minutes;
        total.with_known_plane += airline.with_known_plane;
    }
    line(&mut text, "all", &total);
    text
}

fn line(text: &mut String, name: &str, airline: &Airline) {
    let flights = airline.flights.max(1) as f64;
    let delay = airline.delay_minutes as f64 / flights;
    let known = 100.0 * airline.with_known_plane as f64 / flights;
    let count = HumanCount(airline.flights).to_string();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name:<28} {count:>8} {delay:>+8.1} min {known:>11.1} %");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn airlines_stand_by_size_with_means_and_shares() {
        let mut tally = Tally::default();
        tally.airlines.insert("AA".into(), Airline { flights: 2, delay_minutes: -3, with_known_plane: 1 });
        tally.airlines.insert("UA".into(), Airline { flights: 1_000, delay_minutes: 9_000, with_known_plane: 1_000 });
        let names = BTreeMap::from([("UA".to_owned(), "United Air Lines Inc.".to_owned())]);
        let expect = "\
airline                       flights   mean delay  known planes
United Air Lines Inc.           1,000     +9.0 min       100.0 %
AA                                  2     -1.5 min        50.0 %
all                             1,002     +9.0 min        99.9 %
";
        assert_eq!(table(&tally, &names), expect);
    }
}
