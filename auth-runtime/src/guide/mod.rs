//! The guide: how to protect an API, configure it, test it and run it.
//!
//! Start with [Getting started](getting_started). Then continue with the chapter that answers your
//! question:
//!
//! - Who may call a route: [policies].
//! - Who is calling: [caller].
//! - What a refused client gets: [errors].
//! - Which tokens are accepted: [configuration], with recipes in [providers].
//! - How access ends before a token expires: [revocation].
//! - How stolen tokens become useless: [bound_tokens].
//! - How to write the policies into an OpenAPI document: [openapi].
//! - How to protect an MCP server: [mcp].
//! - What is wrong with a set-up or a token: [check].
//! - How to test the routes: [testing].
//! - How to see who may call what, in a browser: [console].
//! - How to develop without a provider: [local_issuer].
//! - How to run it in production: [operating] and [performance].
//! - How to move an API from Flask: [migrating].
//! - How clients call the API: [call_your_api].
//! - Which applications to start from: [examples].
//! - What it protects from, and what it does not protect from: [security].
//! - How it works inside: [how_it_works].
//!
//! The chapters are the files in `docs/` of the repository. The compiler checks their examples, and
//! the tests check their tables against the code.

// A chapter links to another one by a label, such as `[Testing][testing#tokens]`. At the end of the
// file the label is defined as a path for readers of the repository. `links.md` defines the same
// labels as paths for rustdoc, and comes first, so that its definitions win.

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/getting-started.md")]
pub mod getting_started {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/policies.md")]
pub mod policies {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/caller.md")]
pub mod caller {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/configuration.md")]
pub mod configuration {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/providers.md")]
pub mod providers {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/errors.md")]
pub mod errors {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/revocation.md")]
pub mod revocation {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/openapi.md")]
pub mod openapi {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/check.md")]
pub mod check {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/testing.md")]
pub mod testing {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/local-issuer.md")]
pub mod local_issuer {}

#[cfg(any(not(doctest), feature = "console"))]
#[doc = include_str!("links.md")]
#[doc = include_str!("pictures.md")]
#[doc = include_str!("../../docs/console.md")]
pub mod console {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/operating.md")]
pub mod operating {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/performance.md")]
pub mod performance {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/bound-tokens.md")]
pub mod bound_tokens {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/mcp.md")]
pub mod mcp {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/security.md")]
pub mod security {}

#[doc = include_str!("links.md")]
#[doc = include_str!("pictures.md")]
#[doc = include_str!("../../docs/how-it-works.md")]
pub mod how_it_works {}

#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/migrating.md")]
pub mod migrating {}

#[doc = include_str!("links.md")]
#[doc = include_str!("pictures.md")]
#[doc = include_str!("../../docs/examples.md")]
///
/// ## The files
///
/// ### minimal/src/main.rs
///
/// ```ignore
#[doc = include_str!("../../docs/examples/minimal.rs")]
/// ```
///
/// ### seed-app/src/cors.rs
///
/// ```ignore
#[doc = include_str!("../../docs/examples/cors.rs")]
/// ```
///
/// ### seed-app/src/metrics.rs
///
/// ```ignore
#[doc = include_str!("../../docs/examples/metrics.rs")]
/// ```
///
/// ### seed-app/Dockerfile
///
/// ```dockerfile
#[doc = include_str!("../../docs/examples/Dockerfile")]
/// ```
pub mod examples {}

/// [call.sh]: #callsh
/// [Call.cs]: #callcs
/// [call.go]: #callgo
/// [Call.java]: #calljava
/// [fetch.js]: #fetchjs
/// [jquery.js]: #jqueryjs
/// [call.mjs]: #callmjs
/// [call.m]: #callm
/// [call.php]: #callphp
/// [call.py]: #callpy
/// [call.rb]: #callrb
/// [call.swift]: #callswift
///
#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/call-your-api.md")]
///
/// ## The files
///
/// ### call.sh
///
/// ```sh
#[doc = include_str!("../../docs/call-your-api/call.sh")]
/// ```
///
/// ### Call.cs
///
/// ```cs
#[doc = include_str!("../../docs/call-your-api/Call.cs")]
/// ```
///
/// ### call.go
///
/// ```go
#[doc = include_str!("../../docs/call-your-api/call.go")]
/// ```
///
/// ### Call.java
///
/// ```java
#[doc = include_str!("../../docs/call-your-api/Call.java")]
/// ```
///
/// ### fetch.js
///
/// ```js
#[doc = include_str!("../../docs/call-your-api/fetch.js")]
/// ```
///
/// ### jquery.js
///
/// ```js
#[doc = include_str!("../../docs/call-your-api/jquery.js")]
/// ```
///
/// ### call.mjs
///
/// ```js
#[doc = include_str!("../../docs/call-your-api/call.mjs")]
/// ```
///
/// ### call.m
///
/// ```objc
#[doc = include_str!("../../docs/call-your-api/call.m")]
/// ```
///
/// ### call.php
///
/// ```php
#[doc = include_str!("../../docs/call-your-api/call.php")]
/// ```
///
/// ### call.py
///
/// ```py
#[doc = include_str!("../../docs/call-your-api/call.py")]
/// ```
///
/// ### call.rb
///
/// ```rb
#[doc = include_str!("../../docs/call-your-api/call.rb")]
/// ```
///
/// ### call.swift
///
/// ```swift
#[doc = include_str!("../../docs/call-your-api/call.swift")]
/// ```
pub mod call_your_api {}
