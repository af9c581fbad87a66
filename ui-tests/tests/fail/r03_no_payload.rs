// rule 3: `produce`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce(codec: Json); }
}

fn main() {}
