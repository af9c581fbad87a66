// rule 4: `5`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        parallel(by: 5);
    }
    topic "orders.dead";
}

fn main() {}
