//! Runs a server that answers like the servers of a provider.

use std::io::Cursor;

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};
use serde_json::{Value, json};

use super::profile::{KEY_ID, Keys, Metadata, Profile};
use super::{App, TestKey, quiet};

/// The answers of a provider, with its own hosts in them.
#[derive(Clone)]
pub(super) struct Site {
    key_set: Answer,
    metadata: Option<Answer>,
    hosts: Vec<String>,
}

#[derive(Clone)]
struct Answer {
    path: String,
    body: String,
    content_type: String,
    cache_control: Option<String>,
    required_accept: Option<String>,
}

impl Site {
    pub(super) async fn launch(profile: &Profile) -> App {
        let site = Self {
            key_set: Answer::key_set(profile),
            metadata: profile.metadata.as_ref().map(Answer::metadata),
            hosts: profile.hosts.clone(),
        };
        let route = Route::new(Method::Get, "/<_..>", site);
        App::launch(rocket::custom(quiet()).mount("/", [route])).await
    }

    fn answer(&self, request: &Request<'_>) -> Option<Response<'static>> {
        let path = request.uri().path();
        let answer = [Some(&self.key_set), self.metadata.as_ref()]
            .into_iter()
            .flatten()
            .find(|answer| path == answer.path.as_str())?;
        Some(answer.respond(request, &self.hosts))
    }
}

impl Answer {
    fn key_set(profile: &Profile) -> Self {
        let Keys {
            path,
            content_type,
            cache_control,
            required_accept,
            members,
            others,
        } = &profile.keys;
        let key = |kid: &str, members: &str| {
            let mut members: Value = serde_json::from_str(members).expect("members are JSON");
            members["kid"] = kid.into();
            TestKey::for_algorithm(profile.algorithm).jwk(members)
        };
        let other = |(index, members): (usize, &String)| key(&format!("other-{index}"), members);
        let mut keys: Vec<_> = others.iter().enumerate().map(other).collect();
        keys.push(key(KEY_ID, members));
        Self {
            path: path.clone(),
            body: json!({ "keys": keys }).to_string(),
            content_type: content_type.clone(),
            cache_control: cache_control.clone(),
            required_accept: required_accept.clone(),
        }
    }

    fn metadata(metadata: &Metadata) -> Self {
        Self {
            path: metadata.path.clone(),
            body: metadata.body.clone(),
            content_type: "application/json".to_owned(),
            cache_control: None,
            required_accept: None,
        }
    }

    fn respond(&self, request: &Request<'_>, hosts: &[String]) -> Response<'static> {
        let mut response = Response::build();
        let accept = request.headers().get_one("Accept").unwrap_or_default();
        if let Some(required) = &self.required_accept
            && !accept.contains(required)
        {
            return response.status(Status::NotAcceptable).finalize();
        }
        if let Some(cache_control) = &self.cache_control {
            response.raw_header("Cache-Control", cache_control.clone());
        }
        let site = format!("http://127.0.0.1:{}", request.rocket().config().port);
        let replace = |text: String, host: &String| text.replace(host, &site);
        let body = hosts.iter().fold(self.body.clone(), replace);
        response
            .raw_header("Content-Type", self.content_type.clone())
            .sized_body(body.len(), Cursor::new(body))
            .finalize()
    }
}

#[rocket::async_trait]
impl Handler for Site {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        match self.answer(request) {
            Some(response) => Outcome::Success(response),
            None => Outcome::Error(Status::NotFound),
        }
    }
}
