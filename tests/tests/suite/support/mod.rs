//! Provides the helpers of the suite: launched applications, requests to them, the documented
//! refusals, servers of key sets, forged tokens, and the seed app as a process.

mod app;
mod fault_server;
mod forge;
mod http;
mod introspection_server;
mod keep_alive;
mod process;
mod proxy;
mod raw;
// The unit tests of the store use this file as well.
mod redis_admin;
#[path = "../../../../auth-runtime/src/store/redis/test_server.rs"]
mod redis_server;
mod refusals;
mod reply;
mod wait;

pub(crate) use app::{
    App, Call, PROTECTED, PUBLIC, Refused, Seed, api, api_with, launch_error, quiet, seed,
    seed_with, seed_with_keys,
};
pub(crate) use fault_server::{Answer, FaultServer};
pub(crate) use forge::{Parts, encode, now, public_key_pem, unsigned};
pub(crate) use http::{http_client, http_client_with};
pub(crate) use introspection_server::{IntrospectionServer, Says};
pub(crate) use keep_alive::KeepAlive;
pub(crate) use process::{SeedDirectory, SeedProcess};
pub(crate) use proxy::{Network, Proxy};
pub(crate) use redis_server::RedisServer;
pub(crate) use refusals::*;
pub(crate) use reply::Reply;
pub(crate) use wait::eventually;
