// rule 18: `&5`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop;
    topic "orders" { produce Order; }
    topic "orders.dead";
}

fn pay(cx: &mut Context<'_>) -> Result {
    cx.produce::<shop::OrdersDead>("key", &5)
}

fn main() {
    let _ = pay;
}
