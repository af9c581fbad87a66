// rule 16: `0`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config(replication_factor: 0);
    }
    topic "orders.dead";
}

fn main() {}
