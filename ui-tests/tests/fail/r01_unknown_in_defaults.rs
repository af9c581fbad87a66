// rule 1: `max_wait`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { max_wait 5ms; }
    topic "orders" { consumer Mail; }
}

fn main() {}
