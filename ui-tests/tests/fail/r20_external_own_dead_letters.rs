// rule 20: `external("logs.dead")`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs { consumer Archive; dead_letter_queue(topic: external("logs.dead")); }
}

fn main() {}
