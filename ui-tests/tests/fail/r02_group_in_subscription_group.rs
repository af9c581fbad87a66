// rule 2: `subscription_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "a" {
        topic "orders" { consumer Mail; }
        subscription_group "b" { topic "x" { consumer Mail; } }
    }
}

fn main() {}
