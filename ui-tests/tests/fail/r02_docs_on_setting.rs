// rule 2: `max_messages`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        /// Many of them.
        max_messages 5;
    }
    topic "orders.dead";
}

fn main() {}
