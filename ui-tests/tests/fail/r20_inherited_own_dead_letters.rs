// rule 20: `"logs.dead"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { dead_letter_queue(topic: "logs.dead"); }
    pattern "logs.*" as Logs { consumer Archive; }
    consumer_group "g" { topic "logs.dead"; topic "orders" { consumer Archive; } }
}

fn main() {}
