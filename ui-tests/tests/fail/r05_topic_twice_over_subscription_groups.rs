// rule 5: `"orders"`
// rule 5: `"orders"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "a" { topic "orders" { consumer Mail; } }
    subscription_group "b" { topic "orders" { consumer Mail; } }
}

fn main() {}
