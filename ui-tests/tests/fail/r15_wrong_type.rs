// rule 15: `"many"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("fetch.min.bytes": "many");
    topic "orders" { consumer Mail; }
}

fn main() {}
