// rule 5: `"orders"`
// rule 5: `"orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic "orders" { consumer Mail; }
}

fn main() {}
