//! The routes: one block for each test that needs a consumer group of its own.

use karafka_rt::consumer::Routes;
use karafka_rt::message::Utf8;
use karafka_rt::routes;

use crate::consumers::{Batches, Each, Ticking, Whole};
use crate::kit::Inlet;

/// Blocks of one kind, which differ in their consumer group.
macro_rules! dead_lettering {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; dead_letter_queue(topic: "dead", max_retries: 2); }
            topic "dead";
        }
    )*};
}

dead_lettering!(
    collective as "records-collective",
    panicking as "records-panicking",
    missing as "records-missing",
    bytes as "records-bytes",
    payloads as "records-payloads",
    twin as "records-twin"
);

/// Failures counted for each record by itself.
macro_rules! independent {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; dead_letter_queue(topic: "dead", max_retries: 2, independent); }
            topic "dead";
        }
    )*};
}

independent!(independent as "records-independent", twin_independent as "records-twin-independent");

/// Dead letters nowhere.
macro_rules! skipping {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; dead_letter_queue(topic: none, max_retries: 2); }
        }
    )*};
}

skipping!(skipping as "records-skipping", twin_skipping as "records-twin-skipping");

macro_rules! producing {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            pub(crate) mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; dead_letter_queue(topic: "dead", max_retries: 2); }
            topic "dead";
            topic "out" { produce(String, codec: Utf8); }
        }
    )*};
}

producing!(
    producing as "records-producing",
    producing_late as "records-producing-late",
    producing_large as "records-producing-large",
    producing_refused as "records-producing-refused",
    twin_producing as "records-twin-producing",
    twin_transactions as "records-twin-transactions",
    transactions as "records-transactions",
    transactions_lost as "records-transactions-lost",
    transactions_fenced as "records-transactions-fenced",
    transactions_left as "records-transactions-left"
);

/// Without a dead letter queue.
macro_rules! simple {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; }
        }
    )*};
}

simple!(
    endless as "records-endless",
    stuck as "records-stuck",
    revoking as "records-revoking",
    sentences as "records-sentences",
    recreated as "records-recreated",
    overtaken as "records-overtaken",
    retained as "records-retained",
    sought as "records-sought",
    fallback as "records-fallback"
);

macro_rules! classic {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            protocol classic;
            topic "in" { consumer Each; }
        }
    )*};
}

classic!(eager as "records-eager", frozen as "records-frozen");

macro_rules! manual {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Each; manual_offsets; }
        }
    )*};
}

manual!(
    manual as "records-manual",
    losing as "records-losing",
    stopping as "records-stopping",
    twin_manual as "records-twin-manual",
    metadata as "records-metadata",
    metadata_lost as "records-metadata-lost"
);

routes! {
    mod manual_ticks as "records-manual-ticks";
    topic "in" { consumer Ticking; manual_offsets; periodic(interval: 50ms); }
}

macro_rules! ticking {
    ($($module:ident as $application:literal),*) => {$(
        routes! {
            mod $module as $application;
            pause(timeout: 20ms, max_timeout: 50ms);
            topic "in" { consumer Ticking; periodic(interval: 100ms); }
            topic "quiet" { consumer Ticking; periodic(interval: 100ms, during_pause: false); }
        }
    )*};
}

ticking!(
    ticking as "records-ticking",
    failing_ticks as "records-failing-ticks",
    moving_ticks as "records-moving-ticks",
    flow as "records-flow",
    tick_resumes as "records-tick-resumes",
    tick_pauses as "records-tick-pauses",
    tick_seeks as "records-tick-seeks"
);

routes! {
    mod batches as "records-batches";
    topic "in" { consumer Batches; max_messages 5; }
    topic "full" { consumer Batches; max_messages 10; max_wait_time 30s; }
    topic "late" { consumer Batches; max_messages 100; max_wait_time 300ms; }
}

routes! {
    mod narrowing as "records-narrowing";
    pause(timeout: 20ms, max_timeout: 50ms);
    topic "in" { consumer Whole; max_messages 100; max_wait_time 2s; dead_letter_queue(topic: "dead", max_retries: 2); }
    topic "dead";
}

routes! {
    mod narrowing_manual as "records-narrowing-manual";
    pause(timeout: 20ms, max_timeout: 50ms);
    topic "in" {
        consumer Whole;
        manual_offsets;
        max_messages 100;
        max_wait_time 2s;
        dead_letter_queue(topic: "dead", max_retries: 2);
    }
    topic "dead";
}

routes! {
    mod first_undone as "records-first-undone";
    pause(timeout: 20ms, max_timeout: 50ms);
    topic "in" {
        consumer Whole;
        max_messages 100;
        max_wait_time 2s;
        dead_letter_queue(topic: "dead", max_retries: 2, isolate: false);
    }
    topic "dead";
}

routes! {
    mod denied as "records-denied";
    topic "in" { consumer Each; }
    topic "second" { consumer Each; }
    topic "third" { consumer Each; }
}

routes! {
    mod aged as "records-aged";
    topic "in" { consumer Each; initial_offset ago(1h); }
}

routes! {
    mod latest as "records-latest";
    topic "in" { consumer Each; initial_offset latest; }
}

routes! {
    mod doubled as "records-doubled";
    subscription_group { multiplexing(min: 2); topic "in" { consumer Each; } }
}

/// Every block by its module's name, which `FIXTURE_BLOCK` gives, and how a harness reaches its topic `in`.
macro_rules! table {
    ($($module:ident),*) => {
        pub(crate) const BLOCKS: &[(&str, Routes, Inlet)] =
            &[$((stringify!($module), $module::ROUTES, Inlet::of::<$module::In>())),*];
    };
}

table!(
    collective,
    panicking,
    missing,
    bytes,
    payloads,
    independent,
    skipping,
    producing,
    producing_late,
    producing_large,
    producing_refused,
    endless,
    stuck,
    revoking,
    sentences,
    manual,
    losing,
    stopping,
    manual_ticks,
    ticking,
    failing_ticks,
    moving_ticks,
    flow,
    tick_resumes,
    tick_pauses,
    tick_seeks,
    batches,
    narrowing,
    narrowing_manual,
    first_undone,
    latest,
    doubled,
    twin,
    twin_independent,
    twin_skipping,
    twin_manual,
    twin_producing,
    metadata,
    metadata_lost,
    recreated,
    overtaken,
    retained,
    sought,
    fallback,
    eager,
    frozen,
    denied,
    aged,
    twin_transactions,
    transactions,
    transactions_lost,
    transactions_fenced,
    transactions_left
);
