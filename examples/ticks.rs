//! Ticks: collect in the handler, write and mark every few seconds, with data or without.
//!
//! Run it: `cargo run --example ticks`. Without brokers in the configuration it starts the embedded broker. Stop it with Ctrl-C.
//!
//! Look at the two halves: the handler only counts and remembers where it is; the tick writes the counts and marks that place. A
//! tick never runs at the same time as the handler of its partition. On the way out `Shutdown` writes what is left.

use std::collections::BTreeMap;
use std::time::Duration;

use karafka_rt::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct View {
    page: String,
}

#[derive(Consumer)]
#[consumer(payload = View)]
struct Count {
    views: BTreeMap<String, u64>,
    /// The last record that is in `views`: a position is `Copy` and can be kept.
    last: Option<Position>,
}

impl ConsumeEach for Count {
    fn consume_each(&mut self, view: Message<'_, View>, _cx: &mut Context<'_>) -> Result {
        *self.views.entry(view.payload()?.page.clone()).or_default() += 1;
        self.last = Some(view.position());
        Ok(())
    }
}

impl Count {
    fn write(&mut self, cx: &mut Context<'_>) -> Result {
        let Some(last) = self.last.take() else {
            info!(partition = cx.partition(), "nothing new");
            return Ok(());
        };
        for (page, views) in std::mem::take(&mut self.views) {
            info!(partition = cx.partition(), page, views, "written");
            cx.produce::<site::Counts>(&page, &views)?;
        }
        cx.mark(last)?;
        Ok(())
    }
}

impl Tick for Count {
    fn tick(&mut self, cx: &mut Context<'_>) -> Result {
        self.write(cx)
    }
}

impl Shutdown for Count {
    fn shutdown(&mut self, cx: &mut Context<'_>) -> Result {
        self.write(cx)
    }
}

routes! {
    /// Views of pages, summed up every two seconds.
    mod site as "ticks";

    topic "views" {
        consumer Count;
        manual_offsets;
        periodic(interval: 2s);
    }
    topic "counts" { produce u64; }
}

fn main() -> ExitCode {
    App::new(site::ROUTES)
        .dev_broker_when_unconfigured()
        .server_by_default()
        .service(|node| {
            let mut number = 0_usize;
            while !node.is_stopping() {
                number += 1;
                let page = ["/", "/about", "/shop"][number % 3];
                node.producer().produce_acked::<site::Views>(page, &View { page: page.into() })?;
                std::thread::sleep(Duration::from_millis(if number.is_multiple_of(60) { 5_000 } else { 50 }));
            }
            Ok(())
        })
        .main()
}

#[cfg(test)]
mod tests {
    use karafka_rt::testing::Harness;

    use super::*;

    fn harness() -> Harness {
        let mut harness = Harness::new(site::ROUTES);
        for page in ["/", "/shop", "/"] {
            harness.deliver::<site::Views>(page, &View { page: page.into() });
        }
        harness.run_until_idle();
        harness
    }

    fn counts(harness: &mut Harness) -> Vec<(String, u64)> {
        let key = |key: Option<&[u8]>| String::from_utf8(key.unwrap().to_vec()).unwrap();
        let counts = harness.produced::<site::Counts>();
        counts.iter().map(|count| (key(count.key()), count.decode::<Json, u64>().unwrap())).collect()
    }

    #[test]
    fn counts_are_written_and_marked_by_the_tick() {
        let mut harness = harness();
        assert_eq!(harness.progress::<site::Views>(0), None);
        harness.advance(Duration::from_secs(2));
        assert_eq!(counts(&mut harness), [("/".to_owned(), 2), ("/shop".to_owned(), 1)]);
        assert_eq!(harness.progress::<site::Views>(0), Some(3));
    }

    #[test]
    fn a_stop_writes_what_is_left() {
        let mut harness = harness();
        harness.stop();
        assert_eq!((counts(&mut harness).len(), harness.progress::<site::Views>(0)), (2, Some(3)));
    }
}
