//! A private payload and a private consumer under a public module with public topic types.

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Secret {
    pin: u32,
}

/// Only read: it cannot be encoded, and need not be.
#[derive(Deserialize)]
struct ReadOnly {
    pin: u32,
}

#[derive(Consumer)]
#[consumer(payload = ReadOnly)]
struct Count(u32);

impl ConsumeEach for Count {
    fn consume_each(&mut self, message: Message<'_, ReadOnly>, cx: &mut Context<'_>) -> Result {
        self.0 += message.payload()?.pin;
        cx.produce::<bank::Secrets>("pin", &Secret { pin: self.0 })
    }
}

routes! {
    pub mod bank as "bank";
    topic "read.only" { consumer Count; }
    topic "secrets" { produce Secret; }
}

#[test]
fn private_types_stay_private() {
    let secret: Secret = Secret { pin: 1 };
    assert_eq!(secret.pin, 1);
    assert_eq!(bank::TOPOLOGY.topics.len(), 2);
    assert_eq!(bank::ROUTES.consumers.len(), 1);
}
