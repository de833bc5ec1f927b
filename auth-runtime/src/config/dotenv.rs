//! Finds the file `.env`, checks whether it can be trusted, and reads it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rocket::figment::{Figment, Source as FigmentSource};

/// The maximum size of the file.
const MAX_BYTES: u64 = 64 * 1024;

/// The values that a file `.env` gives to some variables.
pub(super) struct DotEnv {
    pub(super) path: PathBuf,
    variables: Variables,
}

/// The values of variables, or why one has none.
pub(crate) type Variables = BTreeMap<String, Result<String, String>>;

impl DotEnv {
    /// Reads these variables from the file `.env` of this configuration. Returns `None` if there is
    /// no such file.
    ///
    /// # Errors
    /// Returns the path of a file that cannot be trusted or read, and what to do about it.
    pub(super) fn read(
        figment: &Figment,
        names: &[&str],
    ) -> Result<Option<Self>, (PathBuf, String)> {
        let Some(path) = directory(figment).map(|directory| directory.join(".env")) else {
            return Ok(None);
        };
        match content(&path) {
            Ok(Some(text)) => {
                let variables = parse(&text, names);
                Ok(Some(Self { path, variables }))
            }
            Ok(None) => Ok(None),
            Err(message) => Err((path, message)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Result<String, String>> {
        self.variables.get(name).cloned()
    }
}

/// Returns the only directory in which the file is read: that of the Rocket.toml in use, or the
/// working directory if there is none.
fn directory(figment: &Figment) -> Option<PathBuf> {
    let file = figment
        .metadata()
        .find_map(|metadata| match &metadata.source {
            Some(FigmentSource::File(path)) => Some(path.as_path()),
            _ => None,
        });
    match file.and_then(Path::parent) {
        Some(directory) if directory.is_absolute() => Some(directory.to_owned()),
        Some(directory) => Some(std::env::current_dir().ok()?.join(directory)),
        None => std::env::current_dir().ok(),
    }
}

/// Reads the file. Returns `None` if it does not exist or is not a regular file.
fn content(path: &Path) -> Result<Option<String>, String> {
    let unreadable = |error: &io::Error| {
        format!("it cannot be read ({error}): make it readable, or set the variables elsewhere")
    };
    // Opening a FIFO would block.
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    #[cfg(unix)]
    check_owner(&file.metadata().map_err(|error| unreadable(&error))?, path)?;
    let mut bytes = Vec::new();
    let length = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    if length.map_err(|error| unreadable(&error))? as u64 > MAX_BYTES {
        return Err("it is larger than 64 KiB: set the variables elsewhere".to_owned());
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Refuses a file that other users can write, because they could decide whose tokens are accepted.
#[cfg(unix)]
fn check_owner(metadata: &std::fs::Metadata, path: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;

    const ROOT: u32 = 0;
    let (owner, mode) = (metadata.uid(), metadata.mode());
    let path = path.display();
    if owner != rustix::process::geteuid().as_raw() && owner != ROOT {
        return Err(format!(
            "it belongs to another user: take it over with `chown $(id -u) {path}` and `chmod 600 \
             {path}` if you trust what it says, or remove it"
        ));
    }
    // A group whose id is that of the owner has no other members.
    let group_can_write = mode & 0o020 != 0 && metadata.gid() != owner;
    if group_can_write || mode & 0o002 != 0 {
        return Err(format!("other users can write it: run `chmod go-w {path}`"));
    }
    Ok(())
}

/// Reads these variables from the text of a file. Lines of other variables are ignored, even if they
/// are malformed.
pub(crate) fn parse(text: &str, names: &[&str]) -> Variables {
    let text = text.trim_start_matches('\u{FEFF}');
    let mut variables = Variables::new();
    for (name, value) in assignments(text) {
        if !names.contains(&name.as_str()) {
            continue;
        }
        let value = match variables.get(&name) {
            Some(earlier) if *earlier != Ok(value.clone()) => {
                Err("it is set twice, to different values: keep one of the lines".to_owned())
            }
            _ if value.contains(char::REPLACEMENT_CHARACTER) => {
                Err("it is not UTF-8: write it as UTF-8".to_owned())
            }
            _ => Ok(value),
        };
        variables.insert(name, value);
    }
    // A quote that is never closed hides the lines below it. To find ours nevertheless, each line is
    // also read by itself.
    for line in text.lines() {
        let name = variable_name(line);
        if !names.contains(&name) || variables.contains_key(name) {
            continue;
        }
        let value = assignments(line).next().map(|(_, value)| value);
        let value = value.ok_or_else(|| {
            "its line is malformed: write it as `NAME=value`, and put a value with blanks in quotes"
                .to_owned()
        });
        variables.insert(name.to_owned(), value);
    }
    variables
}

/// Returns the well-formed assignments of a text.
fn assignments(text: &str) -> impl Iterator<Item = (String, String)> {
    // Without a line break at the end, blanks there would make the last line malformed.
    let text = io::Cursor::new(format!("{text}\n"));
    dotenvy::from_read_iter(text).filter_map(Result::ok)
}

/// Returns the variable that a line sets, or that it is meant to set, as in `NAME: value`.
fn variable_name(line: &str) -> &str {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let is_outside = |character: char| !character.is_alphanumeric() && !"_.-".contains(character);
    line.split(is_outside).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
