// rule 9: `"dead"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; dead_letter_queue(topic: "dead"); }
    topic "dead" { consumer Text; }
}

fn main() {}
