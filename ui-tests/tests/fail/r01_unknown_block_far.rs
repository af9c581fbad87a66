// rule 1: `queue`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    queue "g" {
        topic "lost" { consumer Mail; }
    }
    topic "orders" { consumer Mail; }
}

fn main() {}
