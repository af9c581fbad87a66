// rule 4: `<`
// rule 4: `:`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { consumer Vec<; }
    topic "receipts" { produce karafka_ui_tests::; }
}

fn main() {}
