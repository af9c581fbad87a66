//! What the macros expand to, written by hand: proves that the doors of the runtime fit together.

use karafka_rt::__private::{self as private, HookFallback as _};
use karafka_rt::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Order {
    cents: u64,
}

struct Charge {
    total: u64,
}

impl ConsumeEach for Charge {
    fn consume_each(&mut self, order: Message<'_, Order>, _cx: &mut Context<'_>) -> Result {
        self.total += order.payload()?.cents;
        Ok(())
    }
}

impl Tick for Charge {
    fn tick(&mut self, _cx: &mut Context<'_>) -> Result {
        Ok(())
    }
}

impl Consumer for Charge {
    type Payload = Order;
    type Codec = Json;
    const HOOKS: private::Hooks<Self> = private::Hooks {
        batch: private::Probe::<Self>::BATCH,
        each: private::Probe::<Self>::EACH,
        tick: private::Probe::<Self>::TICK,
        revoked: private::Probe::<Self>::REVOKED,
        shutdown: private::Probe::<Self>::SHUTDOWN,
        states: &[],
    };

    fn create(_states: &private::States) -> Self {
        Self { total: Default::default() }
    }
}

#[allow(unreachable_pub)]
mod shop {
    pub enum Block {}
    pub const TOPOLOGY: &::karafka_rt::topology::Topology = &<Block as ::karafka_rt::__private::Block>::TOPOLOGY;
    pub const ROUTES: ::karafka_rt::__private::Routes = <Block as ::karafka_rt::__private::Block>::ROUTES;
    pub struct Orders;
}

const _: () = {
    use private::topology::*;
    impl private::Topic for shop::Orders {
        const NAME: &'static str = "orders";
    }
    // `for<'never>` keeps the bound from being checked here: it only has to hold where the topic is produced to.
    #[allow(private_interfaces, private_bounds)]
    impl private::PayloadOf<shop::Orders> for <Charge as Consumer>::Payload
    where
        for<'never> <Charge as Consumer>::Codec: Encode<<Charge as Consumer>::Payload>,
    {
        fn encode(&self, into: &mut Vec<u8>) -> core::result::Result<(), CodecError> {
            <<Charge as Consumer>::Codec as Encode<<Charge as Consumer>::Payload>>::encode(self, into)
        }
    }
    impl private::Block for shop::Block {
        const TOPOLOGY: Topology = Topology {
            application: "shop",
            docs: "",
            groups: &[ConsumerGroup {
                name: None,
                docs: "",
                membership: Membership::Dynamic,
                protocol: Protocol::Consumer,
                subscription_groups: &[SubscriptionGroup {
                    name: None,
                    docs: "",
                    multiplexing: Multiplexing::SINGLE,
                    isolation: Isolation::ReadCommitted,
                    assign: Assign::Balanced,
                    nodes: Nodes::All,
                    kafka: &[],
                    routes: &[Route {
                        source: Source::Topic("orders"),
                        docs: "",
                        policies: Policies::DEFAULT,
                        consumer: 0,
                        consumer_name: "Charge",
                    }],
                }],
            }],
            topics: &[],
            unready: &[],
        };
        const ROUTES: private::Routes =
            private::Routes { topology: shop::TOPOLOGY, consumers: &[<Charge as Consumer>::VTABLE] };
    }
};

#[test]
fn hooks_are_found_and_the_rest_is_not() {
    assert!(Charge::HOOKS.each.is_some() && Charge::HOOKS.tick.is_some());
    assert!(Charge::HOOKS.batch.is_none() && Charge::HOOKS.revoked.is_none() && Charge::HOOKS.shutdown.is_none());
    assert_eq!(shop::ROUTES.consumers[0].handler, private::Handler::Each);
    assert_eq!(shop::ROUTES.topology.routes().count(), 1);
}

#[test]
fn raw_payloads_are_the_bytes_themselves() {
    fn payload_of<C: private::Payload<P> + ?Sized, P: ?Sized>() {}
    payload_of::<Raw, Raw>();
    payload_of::<Json, Order>();
    payload_of::<Utf8, String>();
}
