// rule 15: `"v5"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("broker.address.family": "v5");
    topic "orders" { consumer Mail; }
}

fn main() {}
