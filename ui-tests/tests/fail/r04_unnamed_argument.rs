// rule 4: `5s`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        periodic(5s);
    }
    topic "orders.dead";
}

fn main() {}
