//! The files of the page, embedded in the program.

use rocket::http::ContentType;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("page/", $name)))),*];
    };
}

files![
    "app.js",
    "call.js",
    "caller.js",
    "challenge.js",
    "claims.js",
    "dom.js",
    "editor.js",
    "grid.js",
    "icon.svg",
    "picture.js",
    "reply.js",
    "route.js",
    "server.js",
    "snippets.js",
    "time.js",
    "token.js",
    "call.css",
    "frame.css",
    "grid.css",
    "theme.css",
    "token.css",
];

pub(super) const PAGE: &str = include_str!("page/index.html");

/// Returns the file of this name, which has no folder.
pub(super) fn find(name: &str) -> Option<(ContentType, &'static str)> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    let (_, extension) = name.rsplit_once('.')?;
    Some((ContentType::from_extension(extension)?, text))
}
