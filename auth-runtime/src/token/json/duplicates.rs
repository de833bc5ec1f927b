//! Finds member names that occur twice in an object.

/// The number of member names up to which they are compared pairwise. More names are sorted first.
const FEW_MEMBERS: usize = 24;

/// The marks of the names of an object. Each name has one of 64 marks, so that only an object in which two
/// names have the same mark can have a duplicate.
#[derive(Default)]
pub(super) struct Marks {
    all: u64,
    repeated: bool,
}

impl Marks {
    #[inline]
    pub(super) fn add(&mut self, name: &[u8]) {
        let (first, last) = (name.first(), name.last());
        let [first, last] =
            [first, last].map(|byte| usize::from(byte.copied().unwrap_or_default()));
        let mark = 1 << ((first * 5 + last * 7 + name.len()) % 64);
        self.repeated |= self.all & mark != 0;
        self.all |= mark;
    }

    /// Returns whether a mark occurs twice.
    pub(super) fn are_repeated(&self) -> bool {
        self.repeated
    }
}

/// Returns whether a name occurs twice. Many names are sorted first, because a client could cause
/// much work if each of thousands of names were compared with every other.
pub(super) fn has_duplicate<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut names: Vec<_> = names.collect();
    if names.len() <= FEW_MEMBERS {
        let mut rest = &names[..];
        while let [name, others @ ..] = rest {
            if others.contains(name) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    names.sort_unstable();
    names
        .windows(2)
        .any(|pair| matches!(pair, [name, next] if name == next))
}
