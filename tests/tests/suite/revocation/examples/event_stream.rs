//! A stream of events that ends when its token does, and that sends the reason to the client.

use auth_runtime::{AccessToken, Auth, requires_auth, routes};
use rocket::response::stream::{Event, EventStream};
use rocket::tokio::time::{Duration, interval};
use rocket::tokio::{pin, select};
use rocket::{Shutdown, State, get, launch};

#[requires_auth]
#[get("/events")]
fn events<'r>(
    token: &'r AccessToken,
    auth: &'r State<Auth>,
    shutdown: Shutdown,
) -> EventStream![Event + 'r] {
    EventStream! {
        let mut ticks = interval(Duration::from_secs(1));
        let ended = token.ended(auth);
        pin!(ended, shutdown);
        loop {
            select! {
                biased;
                () = &mut shutdown => break,
                reason = &mut ended => {
                    yield Event::data(reason.to_string()).event("end");
                    break;
                }
                _ = ticks.tick() => yield Event::data("tick").event("tick"),
            }
        }
    }
}

#[launch]
pub(crate) fn rocket() -> _ {
    rocket::build()
        .attach(Auth::fairing())
        .mount("/", routes![events])
}
