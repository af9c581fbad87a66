// rule 19: `names::ORDERS`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic names::ORDERS { consumer Mail; }
}

fn main() {}
