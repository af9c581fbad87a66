// rule 19: `"7.orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "7.orders" { consumer Mail; }
}

fn main() {}
