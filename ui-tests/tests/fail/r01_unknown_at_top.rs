// rule 1: `multiplex`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    multiplex 4;
    topic "orders" { consumer Mail; }
}

fn main() {}
