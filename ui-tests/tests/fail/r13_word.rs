// rule 13: `first`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        nodes(first);
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
