// rule 4: `as`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop as shop;
    topic "orders" { consumer Mail; }
}

fn main() {}
