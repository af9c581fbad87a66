// rule 8: `"elsewhere"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

const NAME: &str = "orders";

routes! {
    mod shop;
    topic NAME as Other { consumer Mail; dead_letter_queue(topic: "elsewhere"); }
}

fn main() {}
