//! Keeps a copy of the last good key set on disk, which is used after a restart during an outage.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// The maximum size of a copy. A set of 1 MiB fits even if every byte of it is escaped.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The location of the copy.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    path: PathBuf,
    /// The origin of the set. After a change of the configuration, a copy of another issuer's set
    /// must not be used.
    origin: String,
}

/// The content of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    origin: String,
    /// The time from which the set is too old, in seconds since 1970.
    serves_until: u64,
    /// The set as it was fetched.
    document: String,
}

impl Snapshot {
    pub(crate) fn new(path: PathBuf, origin: String) -> Self {
        Self { path, origin }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the document of the copy, and how long it may still be used. Logs a warning if there is
    /// a file that cannot be used.
    pub(super) fn read(&self) -> Option<(Vec<u8>, Duration)> {
        let text = match read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                log::warn!(
                    "the key set copy {} cannot be read: {error}",
                    self.path.display()
                );
                return None;
            }
        };
        let Ok(content) = serde_json::from_slice::<Content>(&text) else {
            log::warn!(
                "the key set copy {} is damaged and not used",
                self.path.display()
            );
            return None;
        };
        if content.origin != self.origin {
            log::warn!(
                "the key set copy {} is of another origin and not used",
                self.path.display()
            );
            return None;
        }
        let Some(left) = Duration::from_secs(content.serves_until).checked_sub(since_1970()) else {
            log::warn!(
                "the key set copy {} is too old to serve and not used",
                self.path.display()
            );
            return None;
        };
        Some((content.document.into_bytes(), left))
    }

    /// Replaces the copy as a whole, or not at all. `serves_until` is the time since 1970.
    pub(super) fn write(&self, document: &[u8], serves_until: Duration) {
        let Ok(document) = std::str::from_utf8(document) else {
            return;
        };
        let content = Content {
            origin: self.origin.clone(),
            serves_until: serves_until.as_secs(),
            document: document.to_owned(),
        };
        if let Err(error) = write(&self.path, &content) {
            log::warn!(
                "the key set copy {} cannot be written: {error}",
                self.path.display()
            );
        }
    }
}

/// Reads at most [`MAX_BYTES`], and only from a regular file, because any other file could block or
/// never end.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let file = File::open(path)?;
    check_owner(&file)?;
    let mut text = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

/// Checks that the copy belongs to this user or to root, and that not everyone can write it, because its
/// keys decide which tokens are accepted.
#[cfg(unix)]
fn check_owner(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata()?;
    let own = rustix::process::geteuid().as_raw();
    if ![own, 0].contains(&metadata.uid()) {
        return Err(io::Error::other("it belongs to another user"));
    }
    if metadata.mode() & 0o002 != 0 {
        return Err(io::Error::other("anyone can write it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner(_: &File) -> io::Result<()> {
    Ok(())
}

fn write(path: &Path, content: &Content) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(content)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(folder: &tempfile::TempDir) -> Snapshot {
        Snapshot::new(
            folder.path().join("keys.json"),
            "https://a.invalid/".to_owned(),
        )
    }

    fn in_an_hour() -> Duration {
        since_1970() + HOUR
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_copy_is_read_with_the_time_that_is_left() {
        let folder = folder();
        at(&folder).write(br#"{"keys":[]}"#, in_an_hour());
        let (document, left) = at(&folder).read().unwrap();
        assert_eq!(document, br#"{"keys":[]}"#);
        assert!(left <= HOUR && left > HOUR / 2, "{left:?}");
    }

    #[test]
    fn a_new_copy_replaces_the_old_one_and_leaves_no_other_file() {
        let folder = folder();
        for document in ["one", "two"] {
            at(&folder).write(document.as_bytes(), in_an_hour());
        }
        assert_eq!(at(&folder).read().unwrap().0, b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_copy_of_another_origin_or_one_that_is_too_old_is_not_used() {
        let folder = folder();
        let snapshot = at(&folder);
        snapshot.write(b"{}", in_an_hour());
        let other = Snapshot::new(snapshot.path.clone(), "https://b.invalid/".to_owned());
        assert!(other.read().is_none());
        let old = json(&snapshot, 1);
        fs::write(&snapshot.path, old).unwrap();
        assert!(snapshot.read().is_none());
    }

    #[test]
    fn a_damaged_copy_is_not_used() {
        let folder = folder();
        let snapshot = at(&folder);
        assert!(snapshot.read().is_none());
        let whole = json(&snapshot, u64::MAX);
        fs::write(&snapshot.path, &whole).unwrap();
        assert!(snapshot.read().is_some());
        for length in 0..whole.len() {
            fs::write(&snapshot.path, &whole[..length]).unwrap();
            assert!(snapshot.read().is_none(), "{length}");
        }
        for text in ["[]", "null", "\u{0}", &whole.replace("document", "other")] {
            fs::write(&snapshot.path, text).unwrap();
            assert!(snapshot.read().is_none(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_that_others_can_write_or_that_is_not_a_file_is_not_used() {
        use std::os::unix::fs::PermissionsExt;

        let folder = folder();
        let snapshot = at(&folder);
        snapshot.write(b"{}", in_an_hour());
        fs::set_permissions(&snapshot.path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(snapshot.read().is_none());
        fs::set_permissions(&snapshot.path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(snapshot.read().is_some());

        // Opening the pipe would wait for a writer.
        let pipe = folder.path().join("pipe");
        let created = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(created.unwrap().success());
        let mut snapshot = snapshot;
        snapshot.path = pipe;
        assert!(snapshot.read().is_none());
    }

    #[test]
    fn a_location_that_cannot_be_written_is_a_warning() {
        let folder = folder();
        let nowhere = Snapshot::new(folder.path().join("no/keys.json"), String::new());
        nowhere.write(b"{}", in_an_hour());
        assert!(nowhere.read().is_none());
        assert!(
            Snapshot::new(folder.path().to_owned(), String::new())
                .read()
                .is_none()
        );
    }

    fn json(snapshot: &Snapshot, serves_until: u64) -> String {
        serde_json::json!({
            "origin": snapshot.origin,
            "serves_until": serves_until,
            "document": "{}",
        })
        .to_string()
    }
}
