//! The files in `examples/data`. `NA` is a missing value there.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use csv::StringRecord;
use karafka_rt::prelude::Result;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Flight;

/// Tail numbers of the planes that are known.
#[derive(Debug)]
pub(crate) struct Planes(HashSet<String>);

impl Planes {
    /// Reads `planes.csv`.
    pub(crate) fn load() -> Result<Self> {
        #[derive(Deserialize)]
        struct Plane {
            tailnum: String,
        }
        let planes: Vec<Plane> = rows("planes.csv").map_err(|error| format!("{error:#}"))?;
        Ok(Self(planes.into_iter().map(|plane| plane.tailnum).collect()))
    }

    /// Whether a plane is in the table.
    pub(crate) fn contains(&self, tailnum: &str) -> bool {
        self.0.contains(tailnum)
    }
}

/// All departures of the month.
pub(super) fn flights() -> anyhow::Result<Vec<Flight>> {
    rows("flights-2013-01.csv")
}

/// Airlines by the code of the carrier.
pub(super) fn airlines() -> anyhow::Result<BTreeMap<String, String>> {
    #[derive(Deserialize)]
    struct Airline {
        carrier: String,
        name: String,
    }
    let airlines: Vec<Airline> = rows("airlines.csv")?;
    Ok(airlines.into_iter().map(|airline| (airline.carrier, airline.name)).collect())
}

fn rows<T: DeserializeOwned>(name: &str) -> anyhow::Result<Vec<T>> {
    let path = folder().join(name);
    read(&path).with_context(|| {
        format!("cannot read the data file `{}` (QUICKSTART_DATA may name another folder)", path.display())
    })
}

fn folder() -> PathBuf {
    let shipped = || Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    std::env::var_os("QUICKSTART_DATA").map_or_else(shipped, PathBuf::from)
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::Reader::from_reader(File::open(path)?);
    let names = reader.headers()?.clone();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row: StringRecord = row?.iter().map(|value| if value == "NA" { "" } else { value }).collect();
        let line = rows.len() + 2;
        rows.push(row.deserialize(Some(&names)).with_context(|| format!("line {line}"))?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_what_its_readme_says() {
        let flights = flights().expect("flights");
        assert_eq!(flights.len(), 27_004);
        assert_eq!(flights.iter().filter(|flight| flight.arr_delay.is_none()).count(), 606);
        assert_eq!(flights.iter().filter(|flight| flight.dep_delay.is_none()).count(), 521);
        assert_eq!(flights.iter().filter(|flight| flight.tailnum.is_none()).count(), 155);
        assert_eq!(Planes::load().expect("planes").0.len(), 3_322);
        let airlines = airlines().expect("airlines");
        assert_eq!(airlines.len(), 16);
        assert!(flights.iter().all(|flight| airlines.contains_key(&flight.carrier)));
    }
}
