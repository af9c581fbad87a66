// rule 2: `subscription_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        subscription_group "inner" { topic "x"; }
    }
    topic "orders.dead";
}

fn main() {}
