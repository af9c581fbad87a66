// rule 3: `consumer_group`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

routes! {
    mod shop as "shop";
    consumer_group {
        topic "orders" { consumer Mail; }
        topic "receipts" { produce Order; }
    }
    topic "orders.dead";
}

/// Uses every name that the block gives.
fn pay(cx: &mut Context<'_>) -> Result {
    cx.produce::<shop::Orders>("key", &Order { cents: 1 })?;
    cx.produce::<shop::Receipts>("key", &Order { cents: 1 })
}

fn main() {
    let _ = (pay, shop::TOPOLOGY.topics, App::new(shop::ROUTES), std::any::type_name::<shop::OrdersDead>());
}
