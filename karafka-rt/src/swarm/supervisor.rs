//! The supervisor's loop: wait, turn what happened into events, step the fleet, carry out the effects. One thread.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::lifecycle::{Ask, SignalRules, exit};
use crate::os;

use super::child::Birth;
use super::docket::Docket;
use super::door::Door;
use super::effect::{Effect, Loudness, Notice};
use super::event::{Event, NodeId};
use super::fleet::Fleet;
use super::kernel::{Buried, Forked, Kernel, Ready};
use super::plan::{SURVEY_EVERY, SURVEY_EVERY_IN_STOP};

/// How the loop ends.
pub(crate) enum Outcome {
    /// In the supervisor: exit with this code.
    Exit(exit::Code),
    /// In a child: become this node. The supervisor's copy has been dropped.
    Child(Birth),
}

/// The shell around the fleet.
pub(crate) struct Supervisor {
    pub(super) fleet: Fleet,
    pub(super) kernel: Kernel,
    rules: SignalRules,
    pub(super) docket: Docket,
    pub(super) door: Door,
    pub(super) events: VecDeque<Event>,
    next_survey: Duration,
}

impl Supervisor {
    pub(crate) fn new(fleet: Fleet, kernel: Kernel, rules: SignalRules, docket: Docket, door: Door) -> Self {
        Self { fleet, kernel, rules, docket, door, events: VecDeque::new(), next_survey: Duration::ZERO }
    }

    /// Runs until the swarm is over, or in a child until it is born.
    pub(crate) fn run(mut self) -> io::Result<Outcome> {
        loop {
            if let Some(outcome) = self.turn()? {
                return Ok(outcome);
            }
        }
    }

    fn turn(&mut self) -> io::Result<Option<Outcome>> {
        let now = os::monotonic();
        let due = [self.fleet.deadline(), self.door.wakes_at(now)];
        let until = due.into_iter().flatten().fold(self.next_survey, Duration::min);
        let ready = self.kernel.wait(Some(until.saturating_sub(now)))?;
        // Signals first, always: a node that was told to stop by the same hand as we must not look like a crash.
        self.read_signals();
        for ready in ready {
            match ready {
                Ready::Signals => {}
                Ready::Reports(slot) => {
                    if let Some((node, reports)) = self.kernel.reports(slot) {
                        self.events.extend(reports.into_iter().map(|report| Event::Reported { node, report }));
                    }
                }
                Ready::Death(slot) => self.bury(slot)?,
                Ready::Knock => self.let_in(),
                Ready::Client(client) => self.listen_to(client),
            }
        }
        self.tend_door();
        self.kernel.reap_strangers();
        self.survey();
        self.events.push_back(Event::Woke);
        Ok(self.settle())
    }

    fn read_signals(&mut self) {
        while let Some(signal) = self.kernel.next_signal() {
            let now = os::monotonic();
            match self.rules.on(signal, now) {
                Ask::Nothing => {}
                Ask::Stop => self.events.push_back(Event::Stop),
                Ask::StopNow => self.events.push_back(Event::StopNow),
                Ask::Quiet => self.events.push_back(Event::Quiet),
                Ask::Report => (0..self.kernel.slots()).for_each(|slot| self.kernel.describe(slot, now)),
                Ask::Roll => self.events.push_back(Event::Roll),
                Ask::Refuse(reason) => warn!("{signal} is refused: {reason}"),
            }
        }
    }

    fn bury(&mut self, slot: u32) -> io::Result<()> {
        if let Some(Buried { node, reports, ending, out_of_memory, remains }) = self.kernel.bury(slot)? {
            self.events.extend(reports.into_iter().map(|report| Event::Reported { node, report }));
            self.events.push_back(Event::Ended { node, ending, out_of_memory, remains });
        }
        Ok(())
    }

    fn survey(&mut self) {
        let now = os::monotonic();
        if now >= self.next_survey {
            self.docket.save();
            self.events.extend(self.kernel.survey(self.fleet.clock_floor(), now));
            self.next_survey = now + if self.fleet.is_stopping() { SURVEY_EVERY_IN_STOP } else { SURVEY_EVERY };
        }
    }

    /// Steps the fleet until nothing has happened that it does not know.
    fn settle(&mut self) -> Option<Outcome> {
        while let Some(event) = self.events.pop_front() {
            let was_stopping = self.fleet.is_stopping();
            let effects = self.fleet.step(event, os::monotonic());
            if self.fleet.is_stopping() && !was_stopping {
                self.next_survey = Duration::ZERO;
            }
            for effect in effects {
                match effect {
                    Effect::Fork(node) => {
                        if let Some(birth) = self.fork(node) {
                            return Some(Outcome::Child(birth));
                        }
                    }
                    Effect::Signal(node, signal) => self.kernel.signal(node, signal),
                    Effect::Accuse(jobs) => self.docket.accuse(&jobs),
                    Effect::Describe(node) => self.kernel.describe(node.slot, os::monotonic()),
                    Effect::Tell(notice) => {
                        if let Notice::Died(death, _) = &notice {
                            self.door.remember(death);
                        }
                        tell(&notice);
                    }
                    Effect::Exit(code) => {
                        self.door.close();
                        return Some(Outcome::Exit(code));
                    }
                }
            }
        }
        None
    }

    /// Forks, and in the child returns its birth.
    fn fork(&mut self, node: NodeId) -> Option<Birth> {
        let event = match self.kernel.fork(node) {
            Ok(Forked::Child(birth)) => return Some(birth),
            Ok(Forked::Parent(pid)) => Event::Forked { node, pid },
            Err(error) => Event::ForkFailed { node, reason: error.to_string() },
        };
        self.events.push_front(event);
        None
    }
}

/// Deaths have lines of their own: the log limits lines by where they come from, and no cause may be lost among other news.
fn tell(notice: &Notice) {
    match notice.loudness() {
        Loudness::Info if matches!(notice, Notice::Died(..)) => info!("{notice}"),
        Loudness::Warning if matches!(notice, Notice::Died(..)) => warn!("{notice}"),
        Loudness::Info => info!("{notice}"),
        Loudness::Warning => warn!("{notice}"),
        Loudness::Error => error!("{notice}"),
    }
}
