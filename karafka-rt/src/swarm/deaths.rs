//! The latest deaths, for those who ask what happened: also after the supervisor itself was restarted.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::control;

/// How many are remembered.
const DEATHS: usize = 100;
/// The name of the file in the runtime directory.
const FILE: &str = "deaths";

/// One that is remembered. By the clock on the wall: other clocks begin anew with the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    unix_seconds: u64,
    text: String,
}

pub(crate) struct Deaths {
    recent: VecDeque<Remembered>,
    file: Option<PathBuf>,
}

impl Deaths {
    /// Those that the file in `folder` holds. Without a folder they are forgotten with this process.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let bytes = file.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        // A file that was cut off by a full disk is not worth more than a warning, which the next death gives.
        let recent = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { recent, file }
    }

    pub(crate) fn remember(&mut self, text: String, now: SystemTime) {
        self.recent.push_back(Remembered { unix_seconds: since_1970(now), text });
        while self.recent.len() > DEATHS {
            self.recent.pop_front();
        }
        let Some(file) = &self.file else { return };
        let new = file.with_extension("new");
        let written = serde_json::to_vec_pretty(&self.recent).map_err(std::io::Error::from);
        let written = written.and_then(|text| fs::write(&new, text)).and_then(|()| fs::rename(&new, file));
        if let Err(error) = written {
            warn!("the latest deaths could not be written to {}: {error}", file.display());
        }
    }

    /// The latest last.
    pub(crate) fn shown(&self, now: SystemTime) -> Vec<control::Death> {
        let now = since_1970(now);
        let shown = |death: &Remembered| control::Death {
            seconds_ago: now.saturating_sub(death.unix_seconds),
            text: death.text.clone(),
        };
        self.recent.iter().map(shown).collect()
    }
}

fn since_1970(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time: Duration| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn the_latest_hundred_outlive_their_supervisor() {
        let folder = tempfile::tempdir().unwrap();
        let mut deaths = Deaths::open(Some(folder.path()));
        for number in 0..130 {
            deaths.remember(format!("death {number}"), at(1000 + number));
        }
        drop(deaths);
        let shown = Deaths::open(Some(folder.path())).shown(at(1200));
        assert_eq!(shown.len(), DEATHS);
        assert_eq!(shown[99], control::Death { seconds_ago: 71, text: "death 129".into() });
        assert_eq!(shown[0].text, "death 30");
    }

    #[test]
    fn nothing_stops_because_they_cannot_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{ half of").unwrap();
        for place in [Some(folder.path().join("missing")), Some(folder.path().to_owned()), None] {
            let mut deaths = Deaths::open(place.as_deref());
            deaths.remember("one".into(), at(50));
            // A clock that was set back makes nothing negative.
            assert_eq!(deaths.shown(at(10)), [control::Death { seconds_ago: 0, text: "one".into() }]);
        }
    }
}
