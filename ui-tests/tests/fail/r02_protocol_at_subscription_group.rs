// rule 2: `protocol`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        protocol classic;
        topic "orders" { consumer Mail; }
    }
}

fn main() {}
