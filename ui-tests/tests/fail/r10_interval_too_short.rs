// rule 10: `5ms`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        periodic(interval: 5ms);
    }
    topic "orders.dead";
}

fn main() {}
