// rule 4: `compact`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        config("cleanup.policy": compact);
    }
    topic "orders.dead";
}

fn main() {}
