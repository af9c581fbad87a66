// rule 6: `NAME`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

const NAME: &str = "my orders";

routes! {
    mod shop;
    topic NAME as Other { consumer Mail; }
}

fn main() {}
