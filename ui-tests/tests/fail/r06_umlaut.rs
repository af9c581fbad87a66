// rule 6: `"größe"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "größe" { consumer Mail; }
}

fn main() {}
