// rule 13: `3..3`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        nodes(3..3);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
