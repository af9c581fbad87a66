// rule 13: `1`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        nodes(0, 1, 1);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
