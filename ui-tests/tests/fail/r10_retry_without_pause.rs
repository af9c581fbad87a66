// rule 10: `true`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        periodic(during_retry: true, during_pause: false);
    }
    topic "orders.dead";
}

fn main() {}
