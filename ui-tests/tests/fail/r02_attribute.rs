// rule 2: `#`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        #[cfg(test)]
        max_messages 5;
    }
    topic "orders.dead";
}

fn main() {}
