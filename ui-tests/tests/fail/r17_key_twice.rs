// rule 17: `payload`
// rule 17: `payload`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order, payload = Order)]
struct Pay;

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

fn main() {}
