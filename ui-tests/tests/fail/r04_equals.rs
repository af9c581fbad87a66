// rule 4: `=`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        pause(timeout = 5s);
    }
    topic "orders.dead";
}

fn main() {}
