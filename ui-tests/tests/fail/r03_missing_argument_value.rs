// rule 3: `interval`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" {
        consumer Mail;
        periodic(interval: );
    }
    topic "orders.dead";
}

fn main() {}
