//! Consumers with states, defaults and constructors.

use std::collections::HashMap;

use karafka_rt::__private::Consumer as _;
use karafka_rt::prelude::*;
use karafka_ui_tests::Order;

struct Prices;
struct Stock;

#[derive(Consumer)]
#[consumer(payload = Order)]
pub(crate) struct Fields {
    #[state]
    prices: State<Prices>,
    #[consumer(default = HashMap::with_capacity(4))]
    seen: HashMap<u64, u64>,
    total: u64,
}

#[derive(Consumer)]
#[consumer(payload = Order, new = Self::begin)]
struct Constructed(#[state] State<Stock>, u64, #[state] State<Prices>);

impl Constructed {
    /// States come in the order of their fields.
    fn begin(stock: State<Stock>, prices: State<Prices>) -> Self {
        Self(stock, 3, prices)
    }
}

impl ConsumeEach for Fields {
    fn consume_each(&mut self, order: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        let _: &Prices = &self.prices;
        self.total += order.payload()?.cents;
        *self.seen.entry(self.total).or_default() += 1;
        Ok(())
    }
}

impl ConsumeEach for Constructed {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        let _: (&Stock, &Prices) = (&self.0, &self.2);
        self.1 += 1;
        Ok(())
    }
}

routes! {
    mod shop as "shop";
    topic "orders" { consumer Fields; }
    topic "bills" { consumer Constructed; }
}

#[test]
fn wanted_states_are_listed_in_order() {
    let wanted = |states: &[karafka_rt::__private::StateWanted]| -> Vec<std::any::TypeId> {
        states.iter().map(|state| (state.id)()).collect()
    };
    assert_eq!(wanted(Fields::HOOKS.states), [std::any::TypeId::of::<Prices>()]);
    assert_eq!(wanted(Constructed::HOOKS.states), [std::any::TypeId::of::<Stock>(), std::any::TypeId::of::<Prices>()]);
    assert_eq!(shop::ROUTES.consumers.len(), 2);
}
