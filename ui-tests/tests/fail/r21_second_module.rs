// rule 21: `mod`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    mod other;
    topic "orders" { consumer Mail; }
}

fn main() {}
