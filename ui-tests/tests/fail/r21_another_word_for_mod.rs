// rule 21: `module`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    module shop as "shop";
    topic "orders" { consumer Mail; }
    topic "orders.dead";
    topic "receipts" { produce Order; }
}

/// Uses every name that the block gives.
fn pay(cx: &mut Context<'_>) -> Result {
    cx.produce::<shop::Orders>("key", &Order { cents: 1 })?;
    cx.produce::<shop::Receipts>("key", &Order { cents: 1 })
}

fn main() {
    let _ = (pay, shop::TOPOLOGY.topics, App::new(shop::ROUTES), std::any::type_name::<shop::OrdersDead>());
}
