//! What chooses a lane is any function of a record's bytes.

use karafka_rt::prelude::*;
use karafka_ui_tests::Mail;

fn by_length(record: RecordView<'_>) -> u64 {
    record.key().map_or(0, <[u8]>::len) as u64
}

mod keys {
    use karafka_rt::prelude::RecordView;

    pub(super) const fn one<const LANE: u64>(_: RecordView<'_>) -> u64 {
        LANE
    }
}

routes! {
    mod shop as "shop";
    topic "orders" { consumer Mail; parallel(by: by_length, lanes: 4); }
    topic "bills" { consumer Mail; parallel(by: keys::one::<3>, lanes: 2); }
}

#[test]
fn a_route_says_that_a_function_chooses() {
    let lanes: Vec<_> = shop::TOPOLOGY.routes().filter_map(|(_, _, route)| route.policies.lanes).collect();
    assert_eq!(lanes.iter().map(|lanes| lanes.lanes).collect::<Vec<_>>(), [4, 2]);
}
