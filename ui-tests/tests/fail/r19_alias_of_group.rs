// rule 19: `Group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "g" as Group { topic "orders" { consumer Mail; } }
}

fn main() {}
