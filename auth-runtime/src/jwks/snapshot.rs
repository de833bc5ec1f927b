//! A copy of the last good key set on disk, so that a restart during an outage still serves.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// A set of 1 MiB, each byte of it escaped.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Where the copy lies.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    path: PathBuf,
    /// Where the set is from: a copy of another issuer's set must not serve after a change of the
    /// configuration.
    origin: String,
}

/// The copy.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Copy {
    origin: String,
    /// Until when the set may serve, in seconds since 1970.
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

    /// The document of the copy and for how long it may still serve. A file that is missing is
    /// silence; one that cannot be used is a warning.
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
        let Ok(copy) = serde_json::from_slice::<Copy>(&text) else {
            log::warn!(
                "the key set copy {} is damaged and not used",
                self.path.display()
            );
            return None;
        };
        if copy.origin != self.origin {
            log::warn!(
                "the key set copy {} is of another origin and not used",
                self.path.display()
            );
            return None;
        }
        let Some(left) = Duration::from_secs(copy.serves_until).checked_sub(since_1970()) else {
            log::warn!(
                "the key set copy {} is too old to serve and not used",
                self.path.display()
            );
            return None;
        };
        Some((copy.document.into_bytes(), left))
    }

    /// Writes the copy: as a whole, or not at all.
    pub(super) async fn write(&self, document: &[u8], serves_for: Duration) {
        let Ok(document) = String::from_utf8(document.to_vec()) else {
            return;
        };
        let copy = Copy {
            origin: self.origin.clone(),
            serves_until: (since_1970() + serves_for).as_secs(),
            document,
        };
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, &copy)).await;
        if let Ok(Err(error)) = written {
            log::warn!(
                "the key set copy {} cannot be written: {error}",
                self.path.display()
            );
        }
    }
}

/// No more than any copy has: a path may lead to something endless.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

fn write(path: &Path, copy: &Copy) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(copy)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
