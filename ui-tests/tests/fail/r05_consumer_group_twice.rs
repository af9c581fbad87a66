// rule 5: `"g"`
// rule 5: `"g"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "g" { topic "orders" { consumer Mail; } }
    consumer_group "g" { topic "bills" { consumer Mail; } }
}

fn main() {}
