// rule 4: `"orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    "orders" { consumer Mail; }
    topic "orders" { consumer Mail; }
}

fn main() {}
