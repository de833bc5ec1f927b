//! The file `.env`: where it is, whether it can be trusted, and what it says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rocket::figment::{Figment, Source as FigmentSource};

/// More than any such file has.
const MAX_BYTES: u64 = 64 * 1024;

/// What a file `.env` says about some variables.
pub(super) struct DotEnv {
    pub(super) path: PathBuf,
    variables: Variables,
}

/// The values of variables, or why one has none.
type Variables = BTreeMap<String, Result<String, String>>;

impl DotEnv {
    /// Reads these variables from the file `.env` of this configuration; `None` if there is none.
    ///
    /// # Errors
    /// If the file cannot be trusted or read: its path, and what to do.
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

/// The one directory that may have the file: that of the Rocket.toml in use, or the working directory
/// if there is none.
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

/// The text of the file; `None` if there is no regular file.
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

/// Whoever can write the file decides whose tokens are accepted.
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
    // A group with the id of the owner is the owner's own.
    let group_can_write = mode & 0o020 != 0 && metadata.gid() != owner;
    if group_can_write || mode & 0o002 != 0 {
        return Err(format!("other users can write it: run `chmod go-w {path}`"));
    }
    Ok(())
}

/// Reads these variables from the text of a file. Lines of other variables do not matter, even if
/// they are malformed.
pub(super) fn parse(text: &str, names: &[&str]) -> Variables {
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
    // A quote that another line does not close swallows the lines below it, so that ours are read
    // one by one as well.
    for line in text.lines() {
        let name = variable_name(line);
        if !names.contains(&name) || variables.contains_key(name) {
            continue;
        }
        let value = assignments(line).next().map(|(_, value)| value);
        let value = value.ok_or_else(|| {
            "its line is malformed: write it as `NAME=value`, and a value that has blanks in quotes"
                .to_owned()
        });
        variables.insert(name.to_owned(), value);
    }
    variables
}

/// The well-formed assignments of a text.
fn assignments(text: &str) -> impl Iterator<Item = (String, String)> {
    // With a line break at the end, blanks before it do not make the last line malformed.
    let text = io::Cursor::new(format!("{text}\n"));
    dotenvy::from_read_iter(text).filter_map(Result::ok)
}

/// The variable that a line sets.
fn variable_name(line: &str) -> &str {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.split('=').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 2] = ["AUTH0_DOMAIN", "API_ID"];

    fn domain(text: &str) -> Option<Result<String, String>> {
        parse(text, &NAMES).remove("AUTH0_DOMAIN")
    }

    #[test]
    fn a_variable_is_read_as_dotenv_has_it() {
        for text in [
            "AUTH0_DOMAIN=a.invalid",
            "AUTH0_DOMAIN = a.invalid",
            "export AUTH0_DOMAIN=a.invalid # the tenant",
            "AUTH0_DOMAIN='a.invalid'",
            "AUTH0_DOMAIN=\"a.invalid\"\r\n",
            "AUTH0_DOMAIN=a.invalid  ",
            "\u{FEFF}AUTH0_DOMAIN=a.invalid",
            "AUTH0_DOMAIN=a.invalid\nAUTH0_DOMAIN=a.invalid",
            "TENANT=a\nAUTH0_DOMAIN=${TENANT}.invalid",
        ] {
            assert_eq!(domain(text), Some(Ok("a.invalid".to_owned())), "{text:?}");
        }
        assert_eq!(domain("#AUTH0_DOMAIN=a.invalid"), None);
        assert_eq!(domain("X=1"), None);
    }

    #[test]
    fn lines_that_nobody_needs_do_not_matter() {
        for line in [
            "CLIENT_SECRET='hush-hush",
            "NOTE=\"not closed",
            "no equals sign",
            "A B=c",
            "=x",
            "X=a b",
            "'",
            "\\",
            "X=\\q",
            "X=${",
            "API_ID='also ours",
        ] {
            for text in [
                format!("{line}\nAUTH0_DOMAIN=a.invalid\n"),
                format!("AUTH0_DOMAIN=a.invalid\n{line}"),
            ] {
                assert_eq!(domain(&text), Some(Ok("a.invalid".to_owned())), "{text:?}");
            }
        }
    }

    #[test]
    fn a_line_that_is_needed_has_to_be_right() {
        for text in [
            "AUTH0_DOMAIN=a b",
            "AUTH0_DOMAIN='a.invalid",
            "export AUTH0_DOMAIN=\"a.invalid",
            "AUTH0_DOMAIN=a\\q",
            "AUTH0_DOMAIN=a.invalid\nAUTH0_DOMAIN=b.invalid",
            "AUTH0_DOMAIN=a\u{FFFD}b",
        ] {
            assert!(matches!(domain(text), Some(Err(_))), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(\\PC|[\n\r\t'\"\\\\#$={} ]|AUTH0_DOMAIN=|export )*") {
            let _ = parse(&text, &NAMES);
        }

        #[test]
        fn a_line_of_ours_is_found_among_lines_without_quotes(
            above in "([A-Z =#$a-z.]*\n){0,5}",
            below in "(\n[A-Z =#$a-z.']*){0,5}",
        ) {
            prop_assume!(!above.contains("AUTH0_DOMAIN") && !below.contains("AUTH0_DOMAIN"));
            let text = format!("{above}AUTH0_DOMAIN=a.invalid{below}");
            prop_assert_eq!(domain(&text), Some(Ok("a.invalid".to_owned())));
        }
    }

    #[cfg(unix)]
    mod ownership {
        use std::fs;
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        use tempfile::NamedTempFile;

        use super::super::*;

        /// Whether a file with this mode is trusted.
        fn is_trusted(mode: u32) -> Result<(), String> {
            let file = NamedTempFile::new().unwrap();
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
            let read = content(file.path());
            // The mode alone decides here, and not the group of whoever runs the tests.
            let metadata = fs::metadata(file.path()).unwrap();
            assert_eq!(metadata.uid(), rustix::process::geteuid().as_raw());
            read.map(|_| ())
        }

        #[test]
        fn a_file_that_others_can_write_is_refused_with_the_command_that_helps() {
            for mode in [0o600, 0o640, 0o644] {
                assert_eq!(is_trusted(mode), Ok(()), "{mode:o}");
            }
            for mode in [0o602, 0o666, 0o606] {
                let message = is_trusted(mode).unwrap_err();
                assert!(message.contains("run `chmod go-w "), "{mode:o}: {message}");
            }
        }

        #[test]
        fn a_file_that_the_owners_own_group_can_write_is_read() {
            let file = NamedTempFile::new().unwrap();
            fs::set_permissions(file.path(), fs::Permissions::from_mode(0o664)).unwrap();
            let metadata = fs::metadata(file.path()).unwrap();
            assert_eq!(
                content(file.path()).is_ok(),
                metadata.uid() == metadata.gid()
            );
        }

        #[test]
        fn only_a_regular_file_is_read() {
            let directory = tempfile::tempdir().unwrap();
            assert_eq!(content(directory.path()), Ok(None));
            assert_eq!(content(&directory.path().join(".env")), Ok(None));
        }

        #[test]
        fn a_file_that_is_too_large_is_refused() {
            let file = NamedTempFile::new().unwrap();
            fs::write(file.path(), vec![b'#'; 64 * 1024 + 1]).unwrap();
            assert!(
                content(file.path())
                    .unwrap_err()
                    .contains("larger than 64 KiB")
            );
        }
    }
}
