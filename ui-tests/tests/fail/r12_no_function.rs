// rule 12: `"by_customer"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        parallel(by: "by_customer", lanes: 4);
    }
    topic "orders.dead";
}

fn main() {}
