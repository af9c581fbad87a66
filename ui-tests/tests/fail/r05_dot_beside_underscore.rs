// rule 5: `"a.b"`
// rule 5: `"a_b"`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "a.b" as Dot { consumer Mail; }
    topic "a_b" as Underscore;
}

fn main() {}
