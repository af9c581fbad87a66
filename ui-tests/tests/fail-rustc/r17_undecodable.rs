// rule 17: `Opaque`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Opaque)]
struct Pay;

struct Opaque;

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Opaque>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

fn main() {}
