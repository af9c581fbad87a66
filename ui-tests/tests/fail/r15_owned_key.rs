// rule 15: `"enable.auto.commit"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("enable.auto.commit": true);
    topic "orders" { consumer Mail; }
}

fn main() {}
