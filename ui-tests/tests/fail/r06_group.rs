// rule 6: `"my group"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    consumer_group "my group" { topic "orders" { consumer Mail; } }
}

fn main() {}
