//! The runtime under another path, as with a renamed dependency or a re-export.

mod facade {
    pub(super) use ::karafka_rt as renamed;
}

use facade::renamed::prelude::*;
use karafka_ui_tests::Order;

#[derive(Consumer)]
#[consumer(payload = Order, crate = facade::renamed)]
struct Pay(u64);

impl ConsumeEach for Pay {
    fn consume_each(&mut self, order: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        self.0 += order.payload()?.cents;
        Ok(())
    }
}

routes! {
    crate = crate::renamed_runtime::facade::renamed;
    mod shop as "shop";
    topic "orders" { consumer Pay; }
}

#[test]
fn the_runtime_is_where_the_block_says() {
    assert_eq!(shop::TOPOLOGY.application, "shop");
}
