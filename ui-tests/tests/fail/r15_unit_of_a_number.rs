// rule 15: `5s`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("log_level": 5s);
    topic "orders" { consumer Mail; }
}

fn main() {}
