// rule 15: `5KiB`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("fetch.wait.max.ms": 5KiB);
    topic "orders" { consumer Mail; }
}

fn main() {}
