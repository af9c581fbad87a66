// rule 15: `"sasl.password"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("sasl.password": "secret");
    topic "orders" { consumer Mail; }
}

fn main() {}
