// rule 16: `"retention.msec"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config("retention.msec": 7d);
    }
    topic "orders.dead";
}

fn main() {}
