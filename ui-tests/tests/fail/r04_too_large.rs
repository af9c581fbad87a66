// rule 4: `5000000000`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages 5000000000;
    }
    topic "orders.dead";
}

fn main() {}
