// rule 19: `fn`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" as fn { consumer Mail; }
}

fn main() {}
