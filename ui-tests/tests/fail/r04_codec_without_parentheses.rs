// rule 4: `,`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce Order, codec: Json; }
}

fn main() {}
