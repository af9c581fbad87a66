// rule 5: `"shop"`
// rule 5: `"shop"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop as "shop";
    topic "orders" { consumer Mail; }
    consumer_group "shop" { topic "bills" { consumer Mail; } }
}

fn main() {}
