// rule 3: `"orders.dead"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders.dead"
    topic "orders" { consumer Mail; }
}

fn main() {}
