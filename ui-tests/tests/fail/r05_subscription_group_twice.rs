// rule 5: `"s"`
// rule 5: `"s"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" { topic "orders" { consumer Mail; } }
    subscription_group "s" { topic "bills" { consumer Mail; } }
}

fn main() {}
