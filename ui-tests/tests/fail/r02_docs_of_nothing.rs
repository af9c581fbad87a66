// rule 2: `defaults`
// rule 2: `/// Nothing stands behind this.`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    /// Everything.
    defaults { max_messages 5; }
    topic "orders" { consumer Mail; }
    /// Nothing stands behind this.
}

fn main() {}
