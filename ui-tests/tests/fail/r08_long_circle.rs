// rule 8: `"b"`
// rule 8: `"c"`
// rule 8: `"a"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "a" { consumer Mail; dead_letter_queue(topic: "b"); }
    topic "b" { consumer Mail; dead_letter_queue(topic: "c"); }
    topic "c" { consumer Mail; dead_letter_queue(topic: "a"); }
}

fn main() {}
