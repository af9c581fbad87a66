// rule 3: `max_messages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages;
    }
    topic "orders.dead";
}

fn main() {}
