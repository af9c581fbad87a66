// rule 19: `One`
// rule 19: `Other`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "a" { topic "orders" as One { consumer Mail; } }
    consumer_group "b" { topic "orders" as Other { consumer Mail; } }
}

fn main() {}
