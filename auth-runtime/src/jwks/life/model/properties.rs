//! Checks the model with random events.

use proptest::prelude::*;

use super::{Event, World};

fn event() -> impl Strategy<Value = Event> {
    let seconds = prop_oneof![4 => 0..10u32, 2 => 0..1000u32, 1 => 0..100_000u32];
    let some = prop_oneof![1 => Just(None), 3 => prop::option::of(0..200_000u32)];
    prop_oneof![
        8 => seconds.clone().prop_map(Event::Pass),
        1 => seconds.clone().prop_map(Event::Suspend),
        1 => seconds.prop_map(Event::SetBack),
        2 => Just(Event::Rotate),
        1 => Just(Event::Move),
        1 => any::<bool>().prop_map(Event::KeysAnswer),
        1 => any::<bool>().prop_map(Event::MetadataAnswer),
        1 => some.clone().prop_map(Event::MaxAge),
        1 => some.prop_map(Event::RetryAfter),
        1 => (0..5u32, any::<bool>()).prop_map(|(time, early)| Event::Slow(time, early)),
        4 => Just(Event::Stranger),
        4 => Just(Event::Caller),
        1 => Just(Event::BadSignature),
        1 => any::<bool>().prop_map(Event::LoseTask),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_rules_of_a_key_set_hold_whatever_happens(
        discovers in any::<bool>(),
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut world = World::new(discovers);
        for event in &events {
            world.happen(event);
        }
    }
}
