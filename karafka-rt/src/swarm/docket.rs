//! The suspects as the supervisor keeps them: the shared table, told in words, and a file that outlives the supervisor.
//!
//! The file is written whole and then renamed. It names groups and topics, because another version of the program may have other
//! indexes; what it does not have any more is left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};

use crate::control;
use crate::os;
use crate::vitals::{Accusation, Job, Suspect, SuspectTable};

/// The name of the file in the runtime directory.
const FILE: &str = "suspects";

/// A route by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RouteName {
    pub(crate) group: String,
    pub(crate) topic: String,
}

/// A suspect in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    route: RouteName,
    partition: i32,
    first: i64,
    last: i64,
    deaths: u64,
}

/// The suspects, and where they are kept.
pub(crate) struct Docket {
    table: SuspectTable,
    routes: Vec<RouteName>,
    file: Option<PathBuf>,
    saved: Vec<Suspect>,
}

impl Docket {
    /// An empty table in new shared memory, with what the file in `folder` holds. Without a folder the table ends with us.
    pub(crate) fn open(routes: Vec<RouteName>, folder: Option<&Path>) -> io::Result<Self> {
        let table = SuspectTable::over(os::shared_words(SuspectTable::WORDS)?);
        let mut docket = Self { table, routes, file: folder.map(|folder| folder.join(FILE)), saved: Vec::new() };
        docket.load();
        Ok(docket)
    }

    /// For the nodes.
    pub(crate) fn table(&self) -> SuspectTable {
        self.table
    }

    /// For those who ask.
    pub(crate) fn shown(&self) -> Vec<control::Suspect> {
        let shown = |suspect: &Suspect| control::Suspect {
            records: self.words(suspect),
            deaths: suspect.deaths,
            convicted: suspect.is_convicted(),
        };
        self.table.all().iter().map(shown).collect()
    }

    /// A process died in these jobs.
    pub(crate) fn accuse(&mut self, jobs: &[Job]) {
        for job in jobs {
            let records = Suspect {
                route: job.topic,
                partition: job.partition,
                first: job.offset,
                last: job.offset.saturating_add(i64::from(job.span)),
                deaths: 0,
            };
            match self.table.accuse(records, job.alone) {
                Accusation::Suspected(suspect) => {
                    warn!(
                        "suspected of having ended their process: {}; handed over alone from now on",
                        self.words(&suspect)
                    );
                }
                Accusation::DiedAlone(suspect) if suspect.is_convicted() => {
                    error!(
                        "convicted: {} ended {} processes while nothing else ran",
                        self.words(&suspect),
                        suspect.deaths
                    );
                }
                Accusation::DiedAlone(suspect) => {
                    warn!(
                        "{} ended its process while nothing else ran; once more, and it is given up",
                        self.words(&suspect)
                    );
                }
                Accusation::Known => {}
                Accusation::NoRoom => error!("no room for another suspect: {}", self.words(&records)),
            }
        }
        self.save();
    }

    /// Writes the file, if something has changed since. Nodes clear suspects by themselves.
    pub(crate) fn save(&mut self) {
        let now = self.table.all();
        let Some(file) = self.file.as_ref().filter(|_| now != self.saved) else { return };
        match write(file, &self.entries(&now)) {
            Ok(()) => self.saved = now,
            Err(error) => warn!("suspects could not be written to {}: {error}", file.display()),
        }
    }

    fn load(&mut self) {
        let Some(file) = &self.file else { return };
        let entries: Vec<Entry> = match fs::read(file) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(entries) => entries,
                Err(error) => {
                    return warn!("suspects in {} cannot be read, and are forgotten: {error}", file.display());
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return warn!("suspects in {} cannot be read: {error}", file.display()),
        };
        for Entry { route, partition, first, last, deaths } in entries {
            let Some(index) = self.routes.iter().position(|known| *known == route) else {
                info!("a suspect in {}/{partition} is forgotten: the program has no such route", route.topic);
                continue;
            };
            self.table.restore(Suspect { route: index as u32, partition, first, last, deaths });
        }
        self.saved = self.table.all();
        for suspect in &self.saved {
            info!("still suspected: {}", self.words(suspect));
        }
    }

    fn entries(&self, suspects: &[Suspect]) -> Vec<Entry> {
        let entry = |suspect: &Suspect| {
            let Suspect { route, partition, first, last, deaths } = *suspect;
            Some(Entry { route: self.routes.get(route as usize)?.clone(), partition, first, last, deaths })
        };
        suspects.iter().filter_map(entry).collect()
    }

    fn words(&self, suspect: &Suspect) -> String {
        let topic = self
            .routes
            .get(suspect.route as usize)
            .map_or_else(|| format!("#{}", suspect.route), |route| route.topic.clone());
        let Suspect { partition, first, last, .. } = suspect;
        if first == last {
            format!("{topic}/{partition} offset {first}")
        } else {
            format!("{topic}/{partition} offsets {first} to {last}")
        }
    }
}

fn write(file: &Path, entries: &[Entry]) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, serde_json::to_vec_pretty(entries)?)?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vitals::JobKind;

    fn route(topic: &str) -> RouteName {
        RouteName { group: "g".into(), topic: topic.into() }
    }

    fn job(topic: u32, offset: i64) -> Job {
        Job { topic, partition: 0, offset, span: 2, ..Job::of_kind(JobKind::Handler) }
    }

    #[test]
    fn suspects_outlive_the_supervisor_and_follow_their_routes() {
        let folder = tempfile::tempdir().unwrap();
        let mut docket = Docket::open(vec![route("a"), route("b")], Some(folder.path())).unwrap();
        docket.accuse(&[job(0, 5), job(1, 9)]);
        docket.accuse(&[Job { alone: true, ..job(1, 10) }]);
        drop(docket);
        let mut docket = Docket::open(vec![route("new"), route("b")], Some(folder.path())).unwrap();
        let suspect = Suspect { route: 1, partition: 0, first: 10, last: 10, deaths: 1 };
        assert_eq!(docket.table().all(), [suspect], "the other topic has no route any more");
        docket.table().clear(1, 0, 10);
        docket.save();
        let docket = Docket::open(vec![route("new"), route("b")], Some(folder.path())).unwrap();
        assert!(docket.table().is_empty());
    }

    #[test]
    fn a_broken_file_and_a_missing_folder_stop_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "no json").unwrap();
        for place in [Some(folder.path().to_owned()), Some(folder.path().join("missing")), None] {
            let mut docket = Docket::open(vec![route("a")], place.as_deref()).unwrap();
            docket.accuse(&[job(0, 5), job(7, 5)]);
            assert_eq!(docket.table().all().len(), 2);
        }
    }
}
