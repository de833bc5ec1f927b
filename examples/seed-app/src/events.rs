//! A connection that ends when its token does: `GET /api/events`.

use std::time::Duration;

use auth_runtime::{AccessToken, Auth, requires_auth};
use rocket::response::stream::{Event, EventStream};
use rocket::tokio::{pin, select, time};
use rocket::{Shutdown, State, get};

#[requires_auth]
#[get("/api/events")]
pub(crate) fn events<'r>(
    token: &'r AccessToken,
    auth: &'r State<Auth>,
    shutdown: Shutdown,
) -> EventStream![Event + 'r] {
    EventStream! {
        let mut ticks = time::interval(Duration::from_secs(1));
        let ended = token.ended(auth);
        pin!(ended, shutdown);
        let mut count = 0_u64;
        loop {
            select! {
                biased;
                () = &mut shutdown => break,
                reason = &mut ended => {
                    yield Event::data(reason.to_string()).event("end");
                    break;
                }
                _ = ticks.tick() => {
                    count += 1;
                    yield Event::data(count.to_string()).event("tick");
                }
            }
        }
    }
}
