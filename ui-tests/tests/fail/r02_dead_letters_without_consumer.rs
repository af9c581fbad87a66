// rule 2: `dead_letter_queue`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic "dead" { dead_letter_queue(topic: none); }
}

fn main() {}
