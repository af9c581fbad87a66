// rule 6: `""`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "" as Nothing { consumer Mail; }
}

fn main() {}
