// rule 15: `0`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("fetch.min.bytes": 0);
    topic "orders" { consumer Mail; }
}

fn main() {}
