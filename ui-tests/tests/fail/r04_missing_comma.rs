// rule 4: `independent`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        dead_letter_queue(topic: "orders.dead", max_retries: 3 independent);
    }
    topic "orders.dead";
}

fn main() {}
