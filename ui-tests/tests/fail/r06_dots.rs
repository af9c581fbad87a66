// rule 6: `".."`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic ".." as Dots { consumer Mail; }
}

fn main() {}
