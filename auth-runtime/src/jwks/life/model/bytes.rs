//! Drives the model with the bytes that a fuzzer makes up.

use super::{Event, World};

/// Lets the events happen that these bytes stand for.
pub(crate) fn drive(bytes: &[u8]) {
    let mut bytes = bytes.iter().copied();
    let mut world = World::new(bytes.next().is_some_and(|byte| byte % 2 == 0));
    for _ in 0..60 {
        let Some(event) = next_event(&mut bytes) else {
            return;
        };
        world.happen(&event);
    }
}

fn next_event(bytes: &mut impl Iterator<Item = u8>) -> Option<Event> {
    let kind = bytes.next()?;
    let mut number = |bound: u32| {
        let bytes = [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)];
        // Small numbers are the most interesting ones.
        let number = u32::from(u16::from_be_bytes(bytes));
        (if number < 0x8000 {
            number % 11
        } else {
            number * 3
        }) % bound
    };
    Some(match kind % 14 {
        // The task works every few seconds while strangers ask, so a day takes long to simulate.
        0 => Event::Pass(number(2000)),
        1 => Event::Suspend(number(100_000)),
        2 => Event::SetBack(number(100_000)),
        3 => Event::Rotate,
        4 => Event::Move,
        5 => Event::KeysAnswer(kind < 128),
        6 => Event::MetadataAnswer(kind < 128),
        7 => Event::MaxAge((kind < 128).then(|| number(200_000))),
        8 => Event::RetryAfter((kind < 128).then(|| number(200_000))),
        9 => Event::Slow(number(5), kind < 128),
        10 => Event::Stranger,
        11 => Event::Caller,
        12 => Event::BadSignature,
        _ => Event::LoseTask(kind < 128),
    })
}
