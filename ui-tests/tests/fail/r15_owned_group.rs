// rule 15: `"group.id"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    kafka("group.id": "shop");
    topic "orders" { consumer Mail; }
}

fn main() {}
