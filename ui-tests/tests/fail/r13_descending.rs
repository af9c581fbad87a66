// rule 13: `0`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        nodes(1, 0);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
