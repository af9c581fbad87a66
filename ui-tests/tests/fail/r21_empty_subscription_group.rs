// rule 21: `subscription_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group { }
    topic "orders" { consumer Mail; }
}

fn main() {}
