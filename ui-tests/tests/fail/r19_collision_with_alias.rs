// rule 19: `"orders"`
// rule 19: `"bills"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic "bills" as Orders;
}

fn main() {}
