// rule 17: `default`
use karafka_rt::prelude::*;
use karafka_ui_tests::*;

#[derive(Consumer)]
#[consumer(payload = Order, new = Pay::begin)]
struct Pay {
    #[consumer(default = 5)]
    total: u64,
}

impl ConsumeEach for Pay {
    fn consume_each(&mut self, _: Message<'_, Order>, _: &mut Context<'_>) -> Result {
        Ok(())
    }
}

impl Pay {
    fn begin() -> Self {
        Self { total: 5 }
    }
}

fn main() {}
