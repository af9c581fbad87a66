// rule 15: `"banana"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("banana": 1);
    topic "orders" { consumer Mail; }
}

fn main() {}
