use super::*;

const TIMES: Times = Times {
    ttl: Duration::from_secs(600),
    cooldown: Duration::from_secs(5),
    timeout: Duration::from_secs(5),
    max_stale: Duration::from_secs(3600),
};
const FETCHED: Outcome = Outcome::Fetched { max_age: None };
const FAILED: Outcome = failed(None);

const fn failed(retry_after: Option<u64>) -> Outcome {
    Outcome::Failed {
        retry_after: match retry_after {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => None,
        },
        has_moved: false,
    }
}

fn at(seconds: u64) -> Moment {
    Moment {
        monotonic: Duration::from_secs(seconds),
        wall: Duration::from_secs(1_800_000_000 + seconds),
    }
}

/// Returns a life whose first fetch began and ended at 0 s with this outcome.
fn begun(discovers: bool, outcome: Outcome) -> Life {
    let mut life = Life::new(TIMES, discovers, at(0));
    assert!(matches!(life.step(at(0)), Step::Fetch(_)));
    life.finish(at(0), outcome, 0.0);
    life
}

fn fetched() -> Life {
    begun(false, FETCHED)
}

fn sleeps_until(life: &mut Life, now: Moment) -> Moment {
    match life.step(now) {
        Step::SleepUntil(moment) => moment,
        Step::Fetch(fetch) => panic!("it begins a fetch: {fetch:?}"),
    }
}

fn answered(max_age: u64) -> Life {
    let max_age = Some(Duration::from_secs(max_age));
    begun(false, Outcome::Fetched { max_age })
}

#[test]
fn a_set_is_fetched_again_after_75_to_85_percent_of_its_life() {
    assert_eq!(sleeps_until(&mut fetched(), at(0)), at(450));
    let mut life = Life::new(TIMES, false, at(0));
    life.step(at(0));
    life.finish(at(0), FETCHED, 1.0);
    assert_eq!(sleeps_until(&mut life, at(0)), at(510));
    assert_eq!(life.step(at(510)), Step::Fetch(Fetch::Keys));
}

#[test]
fn max_age_is_held_between_the_cool_down_and_a_day() {
    let day = 24 * 60 * 60;
    for (max_age, life) in [
        (0, 5),
        (4, 5),
        (100, 100),
        (day, day),
        (day + 1, day),
        (u64::MAX, day),
    ] {
        let until = answered(max_age).serves_until();
        assert_eq!(until, Some(at(life + 3600)), "{max_age}");
    }
}

#[test]
fn keys_serve_until_their_life_and_the_stale_time_are_over_by_either_clock() {
    for [monotonic, wall] in [[4199, 4199], [4199, 0]] {
        let mut life = fetched();
        let now = Moment {
            monotonic: at(monotonic).monotonic,
            wall: at(wall).wall,
        };
        assert!(!life.retire(now));
        for late in [
            Moment {
                monotonic: at(4200).monotonic,
                ..now
            },
            Moment {
                wall: at(4200).wall,
                ..now
            },
        ] {
            let mut life = fetched();
            assert!(life.retire(late));
            assert!(!life.retire(late), "once");
        }
    }
}

#[test]
fn the_age_of_a_set_counts_from_the_beginning_of_its_fetch() {
    let mut life = Life::new(TIMES, false, at(0));
    life.step(at(0));
    life.finish(at(4), FETCHED, 0.0);
    assert_eq!(life.serves_until(), Some(at(4200)));
}

#[test]
fn a_slow_issuer_is_not_asked_again_without_a_pause() {
    let mut life = Life::new(TIMES, false, at(0));
    life.step(at(0));
    life.finish(at(1000), FETCHED, 0.0);
    assert_eq!(sleeps_until(&mut life, at(1000)), at(1001));
}

#[test]
fn pauses_after_failures_double_up_to_30_seconds_with_up_to_100_percent_jitter() {
    let pauses = |chance| (1..=9).map(move |failures| pause(failures, chance).as_millis());
    let shortest = [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000];
    assert!(pauses(0.0).eq(shortest));
    assert!(pauses(1.0).eq(shortest.map(|pause| 2 * pause)));
    assert_eq!(pause(u32::MAX, 1.0), Duration::from_secs(60));
}

#[test]
fn the_first_success_ends_the_pauses() {
    let mut life = begun(false, FAILED);
    for second in [1, 3, 6, 11] {
        assert_eq!(life.step(at(second)), Step::Fetch(Fetch::Keys));
        life.finish(at(second), FAILED, 0.0);
    }
    assert!(life.is_failing());
    assert_eq!(life.step(at(20)), Step::Fetch(Fetch::Keys));
    life.finish(at(20), FETCHED, 0.0);
    assert!(!life.is_failing());
    assert_eq!(sleeps_until(&mut life, at(20)), at(470));
}

#[test]
fn retry_after_is_heeded_up_to_the_stale_time() {
    for (asked, pause) in [(7, 7), (3600, 3600), (3601, 3600), (u64::MAX, 3600)] {
        let mut life = begun(false, failed(Some(asked)));
        assert_eq!(sleeps_until(&mut life, at(0)), at(pause), "{asked}");
    }
    // A shorter `Retry-After` does not shorten the pause.
    let mut life = begun(false, failed(Some(0)));
    assert!(sleeps_until(&mut life, at(0)).monotonic > Duration::ZERO);
}

#[test]
fn without_keys_a_request_only_waits_for_the_fetch_that_is_due() {
    let mut life = Life::new(TIMES, false, at(0));
    let request = life.arrive();
    assert_eq!(life.unknown_key(at(0), request), Decision::Wait);
    life.step(at(0));
    assert_eq!(life.unknown_key(at(1), request), Decision::Wait);
    life.finish(at(2), failed(Some(10)), 0.0);
    let retry_after = Duration::from_secs(9);
    assert_eq!(
        life.unknown_key(at(3), request),
        Decision::Unavailable { retry_after }
    );
}

#[test]
fn the_fetch_at_launch_does_not_start_a_cool_down() {
    let mut life = fetched();
    let request = life.arrive();
    assert_eq!(life.unknown_key(at(0), request), Decision::Wait);
    assert_eq!(life.step(at(0)), Step::Fetch(Fetch::Keys));
    life.finish(at(1), FETCHED, 0.0);
    assert_eq!(life.unknown_key(at(1), request), Decision::Unknown);
}

/// Returns a life in which a fetch for an unknown key began and ended at 0 s.
fn cooling() -> Life {
    let mut life = fetched();
    let request = life.arrive();
    life.unknown_key(at(0), request);
    life.step(at(0));
    life.finish(at(0), FETCHED, 0.0);
    life.leave(request);
    life
}

#[test]
fn in_the_cool_down_a_request_waits_for_the_next_permitted_fetch() {
    let mut life = cooling();
    let request = life.arrive();
    assert_eq!(life.unknown_key(at(0), request), Decision::Wait);
    assert_eq!(sleeps_until(&mut life, at(0)), at(5));
    assert_eq!(life.unknown_key(at(4), request), Decision::Wait);
    assert_eq!(life.step(at(5)), Step::Fetch(Fetch::Keys));
    life.finish(at(6), FETCHED, 0.0);
    assert_eq!(life.unknown_key(at(6), request), Decision::Unknown);
}

#[test]
fn a_request_does_not_wait_if_the_next_fetch_comes_too_late() {
    let times = Times {
        cooldown: Duration::from_secs(60),
        ..TIMES
    };
    let mut life = Life { times, ..cooling() };
    life.cooled = at(60);
    let request = life.arrive();
    let retry_after = Duration::from_secs(6);
    assert_eq!(
        life.unknown_key(at(54), request),
        Decision::Unavailable { retry_after }
    );
    assert_eq!(life.unknown_key(at(55), request), Decision::Wait);
}

#[test]
fn at_most_a_thousand_requests_wait_in_the_cool_down() {
    let mut life = cooling();
    let requests: Vec<_> = (0..1000).map(|_| life.arrive()).collect();
    for request in &requests {
        assert_eq!(life.unknown_key(at(1), *request), Decision::Wait);
    }
    let one_more = life.arrive();
    let retry_after = Duration::from_secs(4);
    let refused = Decision::Unavailable { retry_after };
    assert_eq!(life.unknown_key(at(1), one_more), refused);
    life.leave(one_more);
    life.leave(requests[0]);
    let another = life.arrive();
    assert_eq!(life.unknown_key(at(1), another), Decision::Wait);
}

#[test]
fn an_unknown_key_is_unavailable_while_fetching_fails() {
    let mut life = fetched();
    assert_eq!(life.step(at(450)), Step::Fetch(Fetch::Keys));
    life.finish(at(450), failed(Some(30)), 0.0);
    let request = life.arrive();
    let retry_after = Duration::from_secs(29);
    assert_eq!(
        life.unknown_key(at(451), request),
        Decision::Unavailable { retry_after }
    );
    assert_eq!(life.serves_until(), Some(at(4200)));
}

#[test]
fn a_failed_signature_causes_a_fetch_under_the_same_cool_down() {
    let mut life = fetched();
    assert!(life.signature_failed(at(1)));
    assert!(!life.signature_failed(at(1)), "it is wanted already");
    assert_eq!(life.step(at(1)), Step::Fetch(Fetch::Keys));
    assert!(!life.signature_failed(at(1)), "it is running");
    life.finish(at(2), FETCHED, 0.0);
    assert!(!life.signature_failed(at(5)), "it is cooling");
    assert!(life.signature_failed(at(6)));
    let request = life.arrive();
    assert_eq!(life.unknown_key(at(6), request), Decision::Wait);
    life.step(at(6));
    life.finish(at(7), FAILED, 0.0);
    assert!(!life.signature_failed(at(20)), "it is failing");
}

#[test]
fn metadata_are_read_again_if_a_fetch_for_an_unknown_key_did_not_help() {
    let mut life = begun(true, FETCHED);
    let request = life.arrive();
    life.unknown_key(at(1), request);
    assert_eq!(life.step(at(1)), Step::Fetch(Fetch::Keys));
    life.finish(at(1), FETCHED, 0.0);
    let late = life.arrive();
    assert_eq!(life.unknown_key(at(1), request), Decision::Wait);
    assert_eq!(life.step(at(1)), Step::Fetch(Fetch::Metadata));
    life.finish(at(2), Outcome::Unmoved, 0.0);
    assert_eq!(life.unknown_key(at(2), request), Decision::Unknown);
    // The keys were fetched before this request came.
    assert_eq!(life.unknown_key(at(2), late), Decision::Wait);
    assert_eq!(sleeps_until(&mut life, at(2)), at(6));
}

#[test]
fn metadata_are_read_at_least_daily() {
    let mut life = begun(true, Outcome::Fetched { max_age: Some(DAY) });
    let due = at(24 * 60 * 60 * 3 / 4);
    assert_eq!(sleeps_until(&mut life, at(0)), due);
    assert_eq!(life.step(due), Step::Fetch(Fetch::MetadataAndKeys));
}

#[test]
fn a_long_retry_after_does_not_put_off_the_metadata_for_more_than_a_day() {
    let times = Times {
        max_stale: DAY * 9,
        ..TIMES
    };
    let mut life = Life::new(times, true, at(0));
    life.step(at(0));
    life.finish(at(0), failed(Some(DAY.as_secs() * 8)), 1.0);
    let Step::SleepUntil(moment) = life.step(at(0)) else {
        panic!("it does not pause");
    };
    assert!(moment.left(at(0)) < DAY);
}

#[test]
fn keys_of_an_address_that_metadata_no_longer_name_are_gone_within_a_day() {
    let times = Times {
        max_stale: DAY * 9,
        ..TIMES
    };
    let mut life = Life::new(times, true, at(0));
    life.step(at(0));
    life.finish(at(0), FETCHED, 0.0);
    let due = sleeps_until(&mut life, at(0));
    life.step(due);
    let outcome = Outcome::Failed {
        retry_after: None,
        has_moved: true,
    };
    life.finish(due, outcome, 0.0);
    assert_eq!(life.serves_until(), Some(at(0).after(DAY)));
}

#[test]
fn a_copy_serves_for_the_time_it_has_left_but_not_longer_than_any_set() {
    for (left, expected) in [(10, 10), (u64::MAX, 24 * 3600 + 3600)] {
        let mut life = Life::new(TIMES, false, at(0));
        life.restored(at(0), Duration::from_secs(left));
        assert_eq!(life.serves_until(), Some(at(expected)));
        assert!(matches!(life.step(at(0)), Step::Fetch(_)));
    }
}

#[test]
fn a_task_that_is_lost_fetches_at_once_when_it_is_back() {
    let mut life = begun(true, FETCHED);
    life.step(at(450));
    life.lose_task(at(451), false);
    assert_eq!(life.serves_until(), Some(at(4200)), "the keys are used");
    assert_eq!(life.step(at(452)), Step::Fetch(Fetch::MetadataAndKeys));
}

#[test]
fn a_task_that_panics_again_and_again_comes_back_with_pauses() {
    let mut life = fetched();
    life.step(at(450));
    for _ in 0..20 {
        life.lose_task(at(450), true);
    }
    assert_eq!(sleeps_until(&mut life, at(450)), at(495));
}
