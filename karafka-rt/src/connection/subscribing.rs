//! Asking about topics and subscribing to those that can be consumed; `topics` decides.

use std::time::Duration;

use super::assigning::ANSWER_BOUND;
use super::listener::{DESTROY, client};
use super::session::Session;
use super::start::Target;
use super::topics::{Change, sentence};
use crate::consumer::EpochPhase;
use crate::librdkafka::{Code, TopicFound};
use crate::telemetry::{Event, emit};

impl Session<'_> {
    pub(super) fn subscribing_step(&mut self, now: Duration) {
        if self.stopping.is_some() {
            return;
        }
        if self.topics.is_due(now) {
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            match self.offsets.ask_topics(ticket, &self.topics.names(), ANSWER_BOUND) {
                Ok(()) => self.topics.asked(ticket, now),
                Err(error) => {
                    self.topics.refused(now);
                    self.refused("topics cannot be asked for", &error);
                }
            }
        }
        let wanted = self.topics.wanted(self.protocol);
        // A revocation is answered first: what it takes may be what is not wanted any more.
        if wanted != self.subscribed && self.revocation.is_none() {
            if self.subscribed.is_empty() {
                self.fit_to_memory();
            }
            match self.client.subscribe(&wanted) {
                Ok(()) => self.subscribed = wanted,
                Err(error) => self.fatal = Some(error.to_string()),
            }
        }
    }

    /// A client's queues are bounded when it is made. One that has not joined yet makes way for one with smaller queues when
    /// the topics have many partitions.
    fn fit_to_memory(&mut self) {
        let partitions = self.topics.partitions();
        let budget = self.plan.budget.of(partitions);
        if budget == self.budget || !self.slots.is_empty() {
            return;
        }
        match client(self.plan, self.protocol, budget, partitions, self.inbox) {
            Ok(client) => {
                std::mem::replace(&mut self.client, client).destroy(DESTROY);
                self.budget = budget;
            }
            Err(error) => self.fatal = Some(error.to_string()),
        }
    }

    pub(super) fn topics_answered(
        &mut self,
        ticket: u64,
        entries: &[(String, Result<TopicFound, Code>)],
        now: Duration,
    ) {
        let group = self.plan.group;
        for change in self.topics.answered(ticket, entries, now) {
            match change {
                Change::Failed { topic, why, wait } => {
                    emit(Event::RouteFailed { group, topic, wait, error: &sentence(why) });
                }
                Change::Recovered { topic } => emit(Event::RouteRecovered { group, topic }),
                Change::Recreated { topic } => self.recreated(topic),
            }
        }
    }

    /// Its partitions are others now: what is known about them counts no more. One that is about to start at its group's
    /// offset takes notice there.
    fn recreated(&mut self, topic: &str) {
        for slot in self.slots.values_mut().filter(|slot| slot.at.topic == topic) {
            let Some(from) = slot.place() else { continue };
            slot.partition.seat().epoch.advance(EpochPhase::Lost);
            slot.wants = Some(Target::Anew { from });
        }
    }
}
