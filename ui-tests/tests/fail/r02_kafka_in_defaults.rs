// rule 2: `kafka`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    defaults { kafka("fetch.min.bytes": 1); }
    topic "orders" { consumer Mail; }
}

fn main() {}
