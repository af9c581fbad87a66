//! A consuming process's signals, together with what they ask for. Nodes have them, and so has a process without a supervisor.

use std::io;
use std::time::Duration;

use crate::lifecycle::{Ask, Place, SignalRules, StopSignal};
use crate::os::{self, CaughtSignals, Signal};

/// Catches signals for the rest of the process's life; asked by one thread, usually the main one.
#[derive(Debug)]
pub(crate) struct ProcessSignals {
    caught: CaughtSignals,
    rules: SignalRules,
}

impl ProcessSignals {
    /// For a process without a supervisor: from now on no signal ends it without being asked about.
    pub(crate) fn of_server() -> io::Result<Self> {
        Self::install(Place::Server { terminal: os::has_terminal() }, &super::handled_signals())
    }

    pub(super) fn install(place: Place, handled: &[Signal]) -> io::Result<Self> {
        Ok(Self { caught: CaughtSignals::install(handled)?, rules: SignalRules::new(place) })
    }

    /// Waits for signals, at most `timeout`; raises `stop` to what they ask for, and returns that. A wait that fails returns
    /// nothing, late: the next one tells.
    pub(crate) fn wait(&mut self, timeout: Duration, stop: &StopSignal) -> Vec<Ask> {
        let _ = self.caught.wait(timeout);
        let now = os::monotonic();
        let asks: Vec<Ask> = self.caught.take().map(|signal| self.rules.on(signal, now)).collect();
        for &ask in &asks {
            stop.obey(ask);
        }
        asks
    }
}
