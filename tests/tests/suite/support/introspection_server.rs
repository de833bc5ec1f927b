//! Runs an introspection endpoint whose answers the test decides, and which records the requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Response, State, post, routes};
use serde_json::Value;
use tokio::sync::watch;

use super::app::{App, quiet};

/// A request to the endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) form: HashMap<String, String>,
    pub(crate) content_type: Option<String>,
    pub(crate) authorization: Option<String>,
}

/// The answer of the endpoint to any request.
#[derive(Clone)]
pub(crate) enum Says {
    Json(Value),
    Body(String),
    Status(u16),
    /// 503 with this `Retry-After`.
    Overloaded(u64),
    /// A redirect to this address.
    Redirect(String),
    /// No answer, until the test sets another one.
    Nothing,
}

pub(crate) struct IntrospectionServer {
    app: App,
    shared: Arc<Shared>,
}

struct Shared {
    says: watch::Sender<Says>,
    asked: Mutex<Vec<Asked>>,
    /// The number of open requests, and the highest number so far.
    open: watch::Sender<(usize, usize)>,
}

impl IntrospectionServer {
    pub(crate) async fn start(says: Says) -> Self {
        let shared = Arc::new(Shared {
            says: watch::Sender::new(says),
            asked: Mutex::default(),
            open: watch::Sender::new((0, 0)),
        });
        // The longest token exceeds the default limit.
        let figment = quiet().merge(("limits.string", "64 KiB"));
        let rocket = rocket::custom(figment)
            .manage(Arc::clone(&shared))
            .mount("/", routes![introspect]);
        Self {
            app: App::launch(rocket).await,
            shared,
        }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/introspect", self.app.port())
    }

    /// Sets the answer, also to requests that are waiting.
    pub(crate) fn say(&self, says: Says) {
        self.shared.says.send_replace(says);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked().clone()
    }

    /// Returns the number of requests so far.
    pub(crate) fn count(&self) -> usize {
        self.shared.asked().len()
    }

    /// Returns the highest number of requests that were open at the same time.
    pub(crate) fn most_open(&self) -> usize {
        self.shared.open.borrow().1
    }
}

impl Shared {
    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Headers {
    authorization: Option<String>,
    content_type: Option<String>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Headers {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let header = |name| request.headers().get_one(name).map(str::to_owned);
        Outcome::Success(Self {
            authorization: header("Authorization"),
            content_type: header("Content-Type"),
        })
    }
}

struct Answer(Says);

impl<'r> rocket::response::Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = Response::build();
        match self.0 {
            Says::Json(value) => {
                let body = value.to_string();
                response
                    .header(ContentType::JSON)
                    .sized_body(body.len(), std::io::Cursor::new(body));
            }
            Says::Body(body) => {
                response.sized_body(body.len(), std::io::Cursor::new(body));
            }
            Says::Status(status) => {
                response.status(Status::new(status));
            }
            Says::Overloaded(seconds) => {
                response
                    .status(Status::ServiceUnavailable)
                    .header(Header::new("Retry-After", seconds.to_string()));
            }
            Says::Redirect(to) => {
                response
                    .status(Status::TemporaryRedirect)
                    .header(Header::new("Location", to));
            }
            Says::Nothing => {}
        }
        response.ok()
    }
}

#[post("/introspect", data = "<form>")]
async fn introspect(form: String, headers: Headers, shared: &State<Arc<Shared>>) -> Answer {
    let form = url::form_urlencoded::parse(form.as_bytes());
    shared.asked().push(Asked {
        form: form.into_owned().collect(),
        content_type: headers.content_type,
        authorization: headers.authorization,
    });
    shared.open.send_modify(|(open, most)| {
        *open += 1;
        *most = (*most).max(*open);
    });
    let mut says = shared.says.subscribe();
    let says = says.wait_for(|says| !matches!(says, Says::Nothing)).await;
    let says = says.expect("the server has the sender").clone();
    shared.open.send_modify(|(open, _)| *open -= 1);
    Answer(says)
}
