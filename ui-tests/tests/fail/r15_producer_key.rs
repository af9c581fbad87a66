// rule 15: `"linger.ms"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("linger.ms": 5);
    topic "orders" { consumer Mail; }
}

fn main() {}
