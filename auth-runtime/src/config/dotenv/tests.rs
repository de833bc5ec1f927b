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
        "AUTH0_DOMAIN.OLD=b.invalid",
        "AUTH0_DOMAIN-OLD b.invalid",
        "AUTH0_DOMAIN_OLD b.invalid",
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
        "AUTH0_DOMAIN a.invalid",
        "AUTH0_DOMAIN: a.invalid",
        "export AUTH0_DOMAIN",
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

    /// Returns whether a file with this mode is trusted.
    fn is_trusted(mode: u32) -> Result<(), String> {
        let file = NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
        let read = content(file.path());
        // The file is ours, so that only its mode matters.
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
