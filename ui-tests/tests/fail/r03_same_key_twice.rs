// rule 3: `"fetch.min.bytes"`
// rule 3: `"fetch.min.bytes"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka(
        "fetch.min.bytes": 1,
        "fetch.min.bytes": 2,
    );
    topic "orders" { consumer Mail; }
}

fn main() {}
