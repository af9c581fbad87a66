//! A topic named like its payload, a module named like a crate, and types named like the runtime's own.

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Orders;

/// The runtime has types of these names, which generated code must not mean.
#[derive(Consumer)]
#[consumer(payload = Orders)]
struct Route;

#[derive(Serialize, Deserialize)]
struct Topic;

#[derive(Serialize, Deserialize)]
struct Option;

#[derive(Serialize, Deserialize)]
struct Vec;

impl ConsumeEach for Route {
    fn consume_each(&mut self, _: Message<'_, Orders>, cx: &mut Context<'_>) -> Result {
        cx.produce::<core::Topic>((), &Topic)?;
        cx.produce::<core::Option>((), &Option)?;
        cx.produce::<core::Vec>((), &Vec)?;
        cx.produce::<core::Orders>((), &Orders)
    }
}

routes! {
    mod core as "core";
    topic "orders" { consumer Route; }
    topic "topic" { produce Topic; }
    topic "option" { produce Option; }
    topic "vec" { produce Vec; }
    topic "block";
    topic "result" as Result;
    topic "type";
}

#[test]
fn generated_code_means_its_own_names() {
    assert_eq!(
        core::TOPOLOGY.topics.iter().map(|topic| topic.type_name).collect::<std::vec::Vec<_>>(),
        ["Orders", "Topic", "Option", "Vec", "Block", "Result", "Type"]
    );
    let _ = (Topic, Option, Vec, Orders);
}
