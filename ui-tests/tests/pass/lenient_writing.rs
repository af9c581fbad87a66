//! Ways to write that are legal although nobody has to.

use karafka_rt::prelude::*;
use karafka_ui_tests::{Archive, Charge, Mail};

routes! {
    /// What the module says.
    #[doc = "And a second line."]
    mod shop as "shop";
    defaults { periodic; dead_letter_queue(topic: "dead", max_retries: 1,); };
    consumer_group "g" {
        protocol consumer;
        topic "orders" { consumer Charge; };
        topic "letters" { consumer Mail; periodic false; dead_letter_queue false; }
        topic "dead" { consumer Archive; periodic false; }
    }
    topic r"raw.name";
    topic "self.named" as r#type;
}

#[test]
fn leniency_changes_nothing() {
    assert_eq!(shop::TOPOLOGY.docs, "What the module says.\nAnd a second line.");
    let policies = |name: &str| {
        let mut routes = shop::TOPOLOGY.routes().map(|(_, _, route)| route);
        routes.find(|route| route.source.text() == name).expect("a route").policies
    };
    assert!(policies("orders").periodic.is_some() && policies("orders").dead_letter.is_some());
    assert!(policies("letters").periodic.is_none() && policies("letters").dead_letter.is_none());
    assert!(policies("dead").dead_letter.is_none(), "an inherited queue does not apply to its own target");
}
