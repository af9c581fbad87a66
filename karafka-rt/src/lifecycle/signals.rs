//! What each signal asks, in each kind of process.

use std::time::Duration;

use nix::sys::signal::Signal;

use self::Ask::{Nothing, Quiet, Refuse, Report, Roll, Stop, StopNow};

/// The signals a process of this framework takes care of. Never SEGV, BUS, ILL or FPE: those are the crash itself.
pub(crate) const HANDLED: [Signal; 6] =
    [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTSTP, Signal::SIGTTIN];

/// Two INT closer together than this are one impatient keypress, or one signal that reached us twice.
const SECOND_INT_AFTER: Duration = Duration::from_millis(500);

/// What kind of process received the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The parent of a swarm.
    Supervisor {
        /// Whether it has a controlling terminal.
        terminal: bool,
    },
    /// A node of a swarm: its supervisor decides when enough is enough.
    Node,
    /// One consuming process without a supervisor.
    Server {
        /// Whether it has a controlling terminal.
        terminal: bool,
    },
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Nothing that was not asked before.
    Nothing,
    /// Finish what runs, commit, leave.
    Stop,
    /// Leave without finishing.
    StopNow,
    /// Take no new work, keep the memberships, until the stop.
    Quiet,
    /// Restart the nodes one by one.
    Roll,
    /// Say what every thread is doing.
    Report,
    /// Not here, for this reason.
    Refuse(&'static str),
}

/// The rules for one process, with what they remember of the signals before.
#[derive(Clone, Debug)]
pub(crate) struct SignalRules {
    place: Place,
    first_int: Option<Duration>,
    stopping: bool,
    quiet: bool,
}

impl SignalRules {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, first_int: None, stopping: false, quiet: false }
    }

    /// What `signal`, received at `now`, asks for.
    pub(crate) fn on(&mut self, signal: Signal, now: Duration) -> Ask {
        let terminal = matches!(self.place, Place::Supervisor { terminal: true } | Place::Server { terminal: true });
        match (signal, self.place) {
            (Signal::SIGINT, Place::Supervisor { .. } | Place::Server { .. }) => self.interrupt(now),
            (Signal::SIGTERM | Signal::SIGQUIT | Signal::SIGINT, _) => self.stop(),
            (Signal::SIGHUP, _) if terminal => self.stop(),
            (Signal::SIGHUP, Place::Supervisor { .. }) => {
                if self.stopping {
                    Nothing
                } else {
                    Roll
                }
            }
            (Signal::SIGHUP, Place::Server { .. }) => {
                Refuse("HUP restarts the nodes of a swarm; this is a single process, so restart it from outside")
            }
            (Signal::SIGTSTP, _) if terminal => {
                Refuse("TSTP means `take no new work` and is final; from a terminal, stop with Ctrl-C instead")
            }
            (Signal::SIGTSTP, _) => self.quiet(),
            (Signal::SIGTTIN, _) => Report,
            _ => Nothing,
        }
    }

    fn stop(&mut self) -> Ask {
        if std::mem::replace(&mut self.stopping, true) { Nothing } else { Stop }
    }

    fn interrupt(&mut self, now: Duration) -> Ask {
        match self.first_int {
            Some(first) if now.saturating_sub(first) >= SECOND_INT_AFTER => {
                self.stopping = true;
                StopNow
            }
            Some(_) => Nothing,
            None => {
                self.first_int = Some(now);
                self.stop()
            }
        }
    }

    fn quiet(&mut self) -> Ask {
        if self.stopping || std::mem::replace(&mut self.quiet, true) { Nothing } else { Quiet }
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGWINCH};

    use super::*;

    const SUPERVISOR: Place = Place::Supervisor { terminal: false };
    const AT_TERMINAL: Place = Place::Supervisor { terminal: true };
    const SERVER: Place = Place::Server { terminal: true };

    /// Feeds (signal, millisecond) pairs to one process and compares what they ask for; `None` stands for any refusal.
    fn check(place: Place, signals: &[(Signal, u64)], expect: &[Option<Ask>]) {
        let mut rules = SignalRules::new(place);
        let asked: Vec<_> = signals
            .iter()
            .map(|&(signal, at)| match rules.on(signal, Duration::from_millis(at)) {
                Refuse(_) => None,
                ask => Some(ask),
            })
            .collect();
        assert_eq!(asked, expect, "{place:?} {signals:?}");
    }

    #[test]
    fn the_first_stop_counts_and_repeats_are_nothing() {
        for place in [SUPERVISOR, AT_TERMINAL, SERVER, Place::Node] {
            check(place, &[(SIGTERM, 0), (SIGTERM, 900), (SIGQUIT, 2000)], &[Some(Stop), Some(Nothing), Some(Nothing)]);
        }
        check(Place::Node, &[(SIGINT, 0), (SIGINT, 900), (SIGTERM, 2000)], &[Some(Stop), Some(Nothing), Some(Nothing)]);
    }

    #[test]
    fn a_second_ctrl_c_half_a_second_later_stops_now() {
        for place in [SUPERVISOR, AT_TERMINAL, SERVER] {
            check(place, &[(SIGINT, 0), (SIGINT, 499), (SIGINT, 500)], &[Some(Stop), Some(Nothing), Some(StopNow)]);
            check(place, &[(SIGTERM, 0), (SIGINT, 900)], &[Some(Stop), Some(Nothing)]);
            check(place, &[(SIGTERM, 0), (SIGINT, 900), (SIGINT, 1500)], &[Some(Stop), Some(Nothing), Some(StopNow)]);
        }
    }

    #[test]
    fn hup_and_tstp_depend_on_the_terminal() {
        check(SUPERVISOR, &[(SIGHUP, 0), (SIGTERM, 1), (SIGHUP, 2)], &[Some(Roll), Some(Stop), Some(Nothing)]);
        check(AT_TERMINAL, &[(SIGHUP, 0), (SIGHUP, 1)], &[Some(Stop), Some(Nothing)]);
        check(Place::Server { terminal: false }, &[(SIGHUP, 0)], &[None]);
        check(SUPERVISOR, &[(SIGTSTP, 0), (SIGTSTP, 1)], &[Some(Quiet), Some(Nothing)]);
        check(SUPERVISOR, &[(SIGTERM, 0), (SIGTSTP, 1)], &[Some(Stop), Some(Nothing)]);
        check(AT_TERMINAL, &[(SIGTSTP, 0)], &[None]);
        check(SERVER, &[(SIGTSTP, 0)], &[None]);
        check(Place::Node, &[(SIGTSTP, 0), (SIGTERM, 5)], &[Some(Quiet), Some(Stop)]);
    }

    #[test]
    fn reports_are_always_given_and_other_signals_ask_nothing() {
        for place in [SUPERVISOR, AT_TERMINAL, SERVER, Place::Node] {
            check(place, &[(SIGTTIN, 0), (SIGTERM, 1), (SIGTTIN, 2)], &[Some(Report), Some(Stop), Some(Report)]);
            check(place, &[(SIGWINCH, 0)], &[Some(Nothing)]);
        }
    }
}
