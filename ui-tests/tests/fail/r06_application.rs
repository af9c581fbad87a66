// rule 6: `"my shop"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop as "my shop";
    topic "orders" { consumer Mail; }
}

fn main() {}
