// rule 2: `protocol`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        protocol classic;
    }
    topic "orders.dead";
}

fn main() {}
