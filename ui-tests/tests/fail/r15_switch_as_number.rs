// rule 15: `1`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("check.crcs": 1);
    topic "orders" { consumer Mail; }
}

fn main() {}
