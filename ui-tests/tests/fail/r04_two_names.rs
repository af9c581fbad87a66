// rule 4: `"late"`
// rule 4: `(`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" "late" { consumer Mail; }
    topic "receipts" (produce Order);
}

fn main() {}
