// rule 18: `&5`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce Order; }
}

fn pay(cx: &mut Context<'_>) -> Result {
    cx.produce::<shop::Orders>("key", &5)
}

fn main() {
    let _ = pay;
}
