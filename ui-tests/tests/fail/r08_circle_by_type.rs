// rule 8: `self::shop::B`
// rule 8: `"a"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "a" { consumer Mail; dead_letter_queue(topic: self::shop::B); }
    topic "b" { consumer Mail; dead_letter_queue(topic: "a"); }
}

fn main() {}
