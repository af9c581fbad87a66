// rule 12: `by_customer`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

fn by_customer(order: &Order) -> u64 {
    order.cents
}

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        parallel(by: by_customer, lanes: 4);
    }
}

fn main() {}
