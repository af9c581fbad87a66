// rule 5: `NAME`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

const NAME: &str = "orders";

routes! {
    mod shop;
    topic "orders" { consumer Mail; }
    topic NAME as Other { consumer Mail; }
}

fn main() {}
