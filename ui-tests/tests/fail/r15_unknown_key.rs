// rule 15: `"fetch.min.byte"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("fetch.min.byte": 1);
    topic "orders" { consumer Mail; }
}

fn main() {}
