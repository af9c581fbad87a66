//! What a test says and asks.

use std::time::Duration;

use super::broker::Writer;
use super::drive::Drive;
use super::seen::{Failure, Stored};
use crate::consumer::{Destination, Key, Outgoing, PayloadOf, ProduceError, Record, Routes, States, Topic};
use crate::processing::Watch as _;

/// Nothing but what a call adds.
const PLAIN: Outgoing<'_> = Outgoing {
    destination: Destination::Declared(""),
    partition: None,
    key: None,
    payload: None,
    headers: &[],
    timestamp: None,
};

/// Runs the consumers of one or several route blocks on topics in memory and on a clock of its own.
///
/// It is made up in the order of a program: routes, states, then records. Misuse is a panic that says what to do, because
/// nothing but a test uses it.
pub struct Harness {
    blocks: Vec<Routes>,
    states: Option<States>,
    drive: Option<Drive>,
    /// Partition counts by topic, told before the start.
    partitions: Vec<(&'static str, i32)>,
}

impl Harness {
    /// The consumers of this block. Every topic has one partition unless [`Harness::partitions`] says otherwise.
    pub fn new(routes: Routes) -> Self {
        Self { blocks: vec![routes], states: Some(States::default()), drive: None, partitions: Vec::new() }
    }

    /// And those of another block.
    #[must_use]
    pub fn with(mut self, routes: Routes) -> Self {
        self.blocks.push(routes);
        self
    }

    /// The value for consumers with a `State<T>` field, as `App::state` loads it. It lives until the test process ends.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        let states = self.states.as_mut().expect("states are given before the first record");
        states.insert(value);
        self
    }

    /// How many partitions a topic has, at least 1.
    #[must_use]
    pub fn partitions<T: Topic>(mut self, count: u32) -> Self {
        assert!(self.drive.is_none(), "partitions are told before the first record");
        self.partitions.push((T::NAME, i32::try_from(count.max(1)).unwrap_or(i32::MAX)));
        self
    }

    /// Puts a record into a topic. It is handed over by the next [`Harness::run_until_idle`] or [`Harness::advance`].
    pub fn deliver<T: Topic>(&mut self, key: impl Key, payload: &(impl PayloadOf<T> + ?Sized)) {
        let bytes = encoded::<T>(payload);
        self.append::<T>(&PLAIN, key.bytes(), Some(&bytes));
    }

    /// Puts a record with headers, a partition, a timestamp, or a null payload into a topic.
    pub fn deliver_record<T: Topic>(&mut self, record: &Record<'_, impl PayloadOf<T> + ?Sized>) {
        let bytes = record.payload.map(encoded::<T>);
        let Record { headers, partition, timestamp, .. } = record;
        let parts = Outgoing { headers, partition: *partition, timestamp: *timestamp, ..PLAIN };
        self.append::<T>(&parts, record.key, bytes.as_deref());
    }

    /// Puts bytes as they are into a topic: what does not decode, or a payload that the program cannot encode.
    pub fn deliver_bytes<T: Topic>(&mut self, key: impl Key, payload: &[u8]) {
        self.append::<T>(&PLAIN, key.bytes(), Some(payload));
    }

    /// The same, into this partition.
    pub fn deliver_bytes_to<T: Topic>(&mut self, partition: i32, key: impl Key, payload: &[u8]) {
        let parts = Outgoing { partition: Some(partition), ..PLAIN };
        self.append::<T>(&parts, key.bytes(), Some(payload));
    }

    /// Hands over, retries what is due, and runs hooks, until nothing is left to do at this time. Panics when there is no end
    /// to that.
    pub fn run_until_idle(&mut self) {
        self.drive().run_until_idle();
    }

    /// Lets time pass, and does everything in it at its own time: retries, ticks, the end of pauses and of `max_wait_time`.
    pub fn advance(&mut self, duration: Duration) {
        self.drive().advance(duration);
    }

    /// The time since the harness was made.
    pub fn now(&self) -> Duration {
        self.drive.as_ref().map_or(Duration::ZERO, |drive| drive.around.clock.now())
    }

    /// How long until something is due by itself; `None` when nothing happens without a record.
    pub fn next_due(&mut self) -> Option<Duration> {
        let drive = self.drive();
        let now = drive.around.clock.now();
        drive.wakes_at(now).map(|at| at.saturating_sub(now))
    }

    /// Everything below this offset is done: it is marked, and committed with the next commit. `None` when nothing was marked. Panics
    /// when several groups consume the topic: see [`Harness::progress_of`].
    pub fn progress<T: Topic>(&mut self, partition: i32) -> Option<i64> {
        let drive = self.drive();
        let group = drive.only_group(T::NAME);
        drive.progress(group, T::NAME, partition)
    }

    /// The same for one of several consumer groups.
    pub fn progress_of<T: Topic>(&mut self, group: &str, partition: i32) -> Option<i64> {
        self.drive().progress(group, T::NAME, partition)
    }

    /// The offset that another process would go on from. As in a node, marks are committed every five seconds, after a dead letter,
    /// by `cx.commit()`, when a partition is revoked in order, and at a stop.
    pub fn committed<T: Topic>(&mut self, partition: i32) -> Option<i64> {
        let drive = self.drive();
        let group = drive.only_group(T::NAME);
        drive.committed(group, T::NAME, partition)
    }

    /// Everything that handlers and hooks produced to a topic, oldest first.
    pub fn produced<T: Topic>(&mut self) -> Vec<Stored> {
        self.drive().around.broker.written(Writer::Handler, Some(T::NAME))
    }

    /// Every dead letter, oldest first, with the headers that say where it comes from and why.
    pub fn dead_letters(&mut self) -> Vec<Stored> {
        self.drive().around.broker.written(Writer::DeadLetters, None)
    }

    /// Every attempt that failed, in order.
    pub fn failures(&mut self) -> &[Failure] {
        &self.drive().failures
    }

    /// The broker refuses the next record that a handler or hook produces.
    pub fn fail_next_produce(&mut self, error: &ProduceError) {
        self.drive().around.broker.refuse(Writer::Handler, error, 1);
    }

    /// The broker refuses the next dead letter.
    pub fn fail_next_dead_letter(&mut self, error: &ProduceError) {
        self.drive().around.broker.refuse(Writer::DeadLetters, error, 1);
    }

    /// Retention: the records below `offset` are gone, from what [`Harness::produced`] shows too.
    pub fn expire<T: Topic>(&mut self, partition: i32, offset: i64) {
        self.drive().expire(T::NAME, partition, offset);
    }

    /// Takes a partition away in order, from every group that reads the topic: progress is committed, `Revoked` runs, the instance is
    /// dropped.
    pub fn revoke<T: Topic>(&mut self, partition: i32) {
        self.drive().revoke(T::NAME, partition, true);
    }

    /// The partition is lost, as after a crash: what is not committed is not done, and comes again when it is assigned. Every group
    /// that reads the topic loses it.
    pub fn lose<T: Topic>(&mut self, partition: i32) {
        self.drive().revoke(T::NAME, partition, false);
    }

    /// Assigns a partition again after a revocation: a new instance goes on from the committed progress.
    pub fn assign<T: Topic>(&mut self, partition: i32) {
        self.drive().assign(T::NAME, partition);
    }

    /// Stops as a process does: `Shutdown` runs and progress is committed. Nothing is handed over afterwards.
    pub fn stop(&mut self) {
        self.drive().stop();
    }

    fn append<T: Topic>(&mut self, parts: &Outgoing<'_>, key: Option<&[u8]>, payload: Option<&[u8]>) {
        let record = Outgoing { destination: Destination::Declared(T::NAME), key, payload, ..*parts };
        self.drive().deliver(T::NAME, &record);
    }

    /// Begins with the first thing that a test does.
    fn drive(&mut self) -> &mut Drive {
        let Self { blocks, states, drive, partitions } = self;
        drive.get_or_insert_with(|| Drive::start(blocks, states.take().unwrap_or_default(), partitions))
    }
}

impl std::fmt::Debug for Harness {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Harness").field("now", &self.now()).finish_non_exhaustive()
    }
}

fn encoded<T: Topic>(payload: &(impl PayloadOf<T> + ?Sized)) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = payload.encode(&mut bytes) {
        panic!("the payload for topic `{}` cannot be encoded: {error}", T::NAME);
    }
    bytes
}
