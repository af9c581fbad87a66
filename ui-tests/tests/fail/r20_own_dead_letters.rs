// rule 20: `"logs.dead"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    pattern "logs.*" as Logs {
        consumer Mail;
        dead_letter_queue(topic: "logs.dead");
    }
    consumer_group "dead" { topic "logs.dead" { consumer Mail; } }
}

fn main() {}
