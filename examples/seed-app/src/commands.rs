//! Runs the commands of the program: serving the API, `check` and `scopes`.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::{env, fs, io};

use auth_runtime::{Auth, Policies, ScopeFormat};
use rocket::config::LogLevel;
use rocket::figment::Figment;
use rocket::{Build, Config, Ignite, Rocket};

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
        ["check"] => check(None).await,
        ["check", "-"] => match read_token() {
            Ok(token) => check(Some(&token)).await,
            Err(error) => usage(&format!("the standard input cannot be read: {error}")),
        },
        ["check", token] => check(Some(token)).await,
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
    let Some(rocket) = ignite(LogLevel::Critical).await else {
        return ExitCode::FAILURE;
    };
    let report = Auth::check(&rocket, token).await;
    println!("{report}");
    report.exit_code()
}

/// Prints only the scopes, because the output goes into a file for the provider's tool.
async fn write_scopes(format: ScopeFormat) -> ExitCode {
    let Some(rocket) = ignite(LogLevel::Off).await else {
        eprintln!("`seed-app check` shows why");
        return ExitCode::FAILURE;
    };
    println!("{}", Policies::of(&rocket).scopes_for(format).trim_end());
    ExitCode::SUCCESS
}

async fn check_scopes(export: &str) -> ExitCode {
    let Some(rocket) = ignite(LogLevel::Critical).await else {
        return ExitCode::FAILURE;
    };
    let report = Policies::of(&rocket).check_scopes(export);
    println!("{report}");
    report.exit_code()
}

/// Ignites the application without serving it. If the configuration cannot work, the log says why, which
/// goes to the standard output.
async fn ignite(log_level: LogLevel) -> Option<Rocket<Ignite>> {
    match application(log_level).ignite().await {
        Ok(rocket) => Some(rocket),
        Err(error) => {
            eprintln!("the application does not start: {error}");
            None
        }
    }
}

/// The application. If nothing is configured and it already runs in another process, it trusts the local
/// issuer of that one, whose port is taken.
fn application(log_level: LogLevel) -> Rocket<Build> {
    let rocket = crate::rocket();
    // Rocket applies the configured level only after the fairings have logged.
    log::set_max_level(log_level.into());
    let figment = rocket.figment().clone().merge(("log_level", log_level));
    let is_running = TcpListener::bind((Ipv4Addr::LOCALHOST, ISSUER_PORT)).is_err();
    if *figment.profile() == Config::DEBUG_PROFILE && is_running && !is_configured(&figment) {
        let issuer = format!("http://{}:{ISSUER_PORT}/", Ipv4Addr::LOCALHOST);
        let figment = figment
            .merge(("auth.issuer", issuer))
            .merge(("auth.audience", AUDIENCE));
        return rocket.configure(figment);
    }
    rocket.configure(figment)
}

fn is_configured(figment: &Figment) -> bool {
    let keys = ["issuer", "issuers", "secret", "secret_base64"];
    let mut keys = keys.iter().map(|key| format!("auth.{key}"));
    keys.any(|key| figment.contains(&key)) || env::var_os("AUTH0_DOMAIN").is_some()
}

fn read_token() -> io::Result<String> {
    let mut token = String::new();
    io::stdin().read_to_string(&mut token)?;
    Ok(token.trim().to_owned())
}

fn usage(error: &str) -> ExitCode {
    eprintln!("{error}\n\n{USAGE}");
    ExitCode::from(USAGE_ERROR)
}
