//! Runs the commands of the program: serving the API, `check` and `scopes`.

use std::fmt::Display;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::{fs, io};

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Auth, Policies, ScopeFormat};
use rocket::config::LogLevel;
use rocket::{Build, Ignite, Rocket};

use crate::{AUDIENCE, ISSUER_PORT};

/// The exit status for arguments that are not understood.
const USAGE_ERROR: u8 = 2;
const USAGE: &str = "\
Usage:
  seed-app                        serves the API
  seed-app check [TOKEN]          reports what is wrong with the set-up, and with a token (`-` reads it
                                  from the standard input, where no other user sees it)
  seed-app scopes --for PROVIDER  writes the scopes for `auth0`, `keycloak` or `terraform`
  seed-app scopes --check FILE    compares the scopes with an export of Auth0 or Keycloak";

/// Runs the command that these arguments name. Without arguments, serves the API.
pub async fn run(arguments: &[String]) -> ExitCode {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => serve().await,
        ["-h" | "--help"] => write(&USAGE, ExitCode::SUCCESS),
        ["check"] => check(None).await,
        ["check", "-"] => match read_token() {
            Ok(token) => check(Some(&token)).await,
            Err(error) => usage(&format!("the standard input cannot be read: {error}")),
        },
        ["check", token] if !token.starts_with('-') => check(Some(token)).await,
        ["scopes", "--for", provider] => match provider.parse() {
            Ok(format) => write_scopes(format).await,
            Err(error) => usage(&error),
        },
        ["scopes", "--check", file] => match fs::read_to_string(file) {
            Ok(export) => check_scopes(&export).await,
            Err(error) => usage(&format!("{file} cannot be read: {error}")),
        },
        _ => usage("these arguments are not understood"),
    }
}

async fn serve() -> ExitCode {
    match crate::rocket().launch().await {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            error.pretty_print();
            ExitCode::FAILURE
        }
    }
}

async fn check(token: Option<&str>) -> ExitCode {
    let rocket = if is_issuer_port_taken() && needs_local_issuer().await {
        with_running_issuer(crate::rocket())
    } else {
        crate::rocket()
    };
    // If the configuration cannot work, the log says why. It goes to the standard output.
    let rocket = match ignite(rocket, LogLevel::Critical).await {
        Ok(rocket) => rocket,
        Err(error) => return failure(&error),
    };
    let report = Auth::check(&rocket, token).await;
    write(&report, report.exit_code())
}

async fn write_scopes(format: ScopeFormat) -> ExitCode {
    match policies().await {
        Ok(policies) => write(&policies.scopes_for(format).trim_end(), ExitCode::SUCCESS),
        Err(error) => failure(&error),
    }
}

async fn check_scopes(export: &str) -> ExitCode {
    match policies().await {
        Ok(policies) => {
            let report = policies.check_scopes(export);
            write(&report, report.exit_code())
        }
        Err(error) => failure(&error),
    }
}

/// The policies of the application. Nothing is logged, because the standard output may go into a file of
/// the provider's tool.
async fn policies() -> Result<Policies, String> {
    match ignite(crate::rocket(), LogLevel::Off).await {
        Ok(rocket) => Ok(Policies::of(&rocket)),
        Err(error) => Err(format!("{error}: `seed-app check` shows why")),
    }
}

/// Ignites the application without serving it.
async fn ignite(rocket: Rocket<Build>, log_level: LogLevel) -> Result<Rocket<Ignite>, String> {
    // Rocket applies the configured level only after the fairings have logged.
    log::set_max_level(log_level.into());
    let figment = rocket.figment().clone().merge(("log_level", log_level));
    let rocket = rocket.configure(figment).ignite().await;
    rocket.map_err(|error| format!("the application does not start: {error}"))
}

fn is_issuer_port_taken() -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, ISSUER_PORT)).is_err()
}

/// Returns whether the application starts a local issuer, because nothing is configured.
async fn needs_local_issuer() -> bool {
    let rocket = ignite(crate::rocket(), LogLevel::Off).await;
    rocket.is_ok_and(|rocket| rocket.state::<LocalIssuer>().is_some())
}

/// Trusts the local issuer of the application that already serves. Tokens of an issuer of our own would
/// not be those that the user has.
fn with_running_issuer(rocket: Rocket<Build>) -> Rocket<Build> {
    let issuer = format!("http://{}:{ISSUER_PORT}/", Ipv4Addr::LOCALHOST);
    eprintln!(
        "no issuer is configured and port {ISSUER_PORT} is taken: the issuer is assumed to be the local \
         one of a running seed app, at {issuer}\n"
    );
    let figment = rocket.figment().clone();
    let figment = figment
        .merge(("auth.issuer", issuer))
        .merge(("auth.audience", AUDIENCE));
    rocket.configure(figment)
}

fn read_token() -> io::Result<String> {
    let mut token = String::new();
    io::stdin().read_to_string(&mut token)?;
    Ok(token.trim().to_owned())
}

/// Writes a result to the standard output, and returns this status. A reader that stops early, such as
/// `head`, does not change the status. `println!` would panic.
fn write(result: &impl Display, status: ExitCode) -> ExitCode {
    match writeln!(io::stdout().lock(), "{result}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            failure(&format!("the standard output cannot be written: {error}"))
        }
        _ => status,
    }
}

fn failure(error: &str) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn usage(error: &str) -> ExitCode {
    eprintln!("{error}\n\n{USAGE}");
    ExitCode::from(USAGE_ERROR)
}
