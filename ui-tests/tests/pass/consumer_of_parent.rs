//! Consumers named by paths that go through the place where the block stands.

use karafka_rt::prelude::*;
use karafka_ui_tests::Mail;

mod inner {
    use karafka_rt::prelude::*;

    routes! {
        pub(super) mod shop as "shop";
        topic "orders" { consumer super::Mail; }
        topic "bills" { consumer crate::consumer_of_parent::Mail; }
        topic "letters" { consumer karafka_ui_tests::Mail; }
    }
}

routes! {
    mod outer as "outer";
    topic "orders" { consumer Mail; dead_letter_queue(topic: inner::shop::Bills); }
}

#[test]
fn paths_are_the_users() {
    let names = |routes: karafka_rt::__private::Routes| -> Vec<&str> {
        routes.topology.routes().map(|(_, _, route)| route.consumer_name).collect()
    };
    assert_eq!(
        names(inner::shop::ROUTES),
        ["super::Mail", "crate::consumer_of_parent::Mail", "karafka_ui_tests::Mail"]
    );
    assert_eq!(names(outer::ROUTES), ["Mail"]);
}
