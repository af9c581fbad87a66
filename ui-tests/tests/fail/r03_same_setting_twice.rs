// rule 3: `max_messages`
// rule 3: `max_messages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        max_messages 5;
        max_messages 6;
    }
    topic "orders.dead";
}

fn main() {}
