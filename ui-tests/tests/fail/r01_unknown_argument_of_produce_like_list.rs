// rule 1: `every`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        pause(every: 5s);
    }
    topic "orders.dead";
}

fn main() {}
