// rule 13: `(`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    subscription_group "s" {
        nodes();
        topic "orders" { consumer Mail; config(partitions: 4); }
    }
}

fn main() {}
