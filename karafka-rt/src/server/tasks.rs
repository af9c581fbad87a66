//! Tasks of a node besides its handlers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use super::build::{SetUpError, Task};
use crate::config::limits;
use crate::consumer::Producer;
use crate::producer::Producers;

/// Running tasks.
pub(super) struct Tasks {
    ends: mpsc::Receiver<Result<(), String>>,
    left: usize,
}

impl Tasks {
    pub(super) fn start(tasks: Vec<Task>, producers: &Producers) -> Result<Self, SetUpError> {
        let (end, ends) = mpsc::channel();
        let left = tasks.len();
        for task in tasks {
            let (end, producer) = (end.clone(), Producer::new(producers.records(), limits::ACKNOWLEDGEMENT_TIMEOUT));
            let run = move || {
                let result = catch_unwind(AssertUnwindSafe(|| task(producer)));
                let result = result.unwrap_or_else(|_| Err("it panicked".into()));
                // Nobody listens any more when the process already ends.
                let _ = end.send(result.map_err(|error| error.to_string()));
            };
            let spawned = thread::Builder::new().name("karafka-service".into()).spawn(run);
            spawned.map_err(|source| SetUpError::System { what: "no thread for a service", source })?;
        }
        Ok(Self { ends, left })
    }

    /// The first failure since the last call.
    pub(super) fn failure(&mut self) -> Option<String> {
        while let Ok(result) = self.ends.try_recv() {
            self.left -= 1;
            if let Err(error) = result {
                return Some(error);
            }
        }
        None
    }

    /// How many have not returned.
    pub(super) fn left(&self) -> usize {
        self.left
    }
}
