//! Tokens that `macro_rules!` captured mean the same as typed ones.

use karafka_rt::prelude::*;
use karafka_ui_tests::Order;

macro_rules! shop {
    ($vis:vis $name:ident, $application:literal, $topic:literal, $consumer:ty, $payload:ty, $count:expr, $wait:literal, $target:path, $word:ident) => {
        routes! {
            $vis mod $name as $application;
            topic $topic as Source {
                consumer $consumer;
                max_messages $count;
                max_wait_time $wait;
                initial_offset $word;
                dead_letter_queue(topic: $target, max_retries: $count);
            }
            topic "sink" { produce $payload; }
        }
    };
}

/// The constant is named by a macro too.
macro_rules! named {
    ($path:path) => {
        routes! {
            mod by_path;
            topic $path as Named { consumer karafka_ui_tests::Mail; }
        }
    };
}

const NAME: &str = "by.constant";

shop!(pub(crate) captured, "captured", "source", karafka_ui_tests::Mail, Order, 5, 20ms, captured::Sink, latest);
named!(NAME);

#[test]
fn captured_tokens_mean_what_they_say() {
    let (_, _, route) = captured::TOPOLOGY.routes().next().expect("a route");
    assert_eq!(captured::TOPOLOGY.application, "captured");
    assert_eq!(route.policies.batching.max_messages, 5);
    assert_eq!(route.policies.batching.max_wait_time, std::time::Duration::from_millis(20));
    assert_eq!(route.policies.initial_offset, karafka_rt::topology::InitialOffset::Latest);
    assert_eq!(by_path::TOPOLOGY.topics[0].name, "by.constant");
}
