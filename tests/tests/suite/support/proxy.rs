//! A network between an application and a Redis that fails in every way that networks do.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;

/// A proxy that listens on a free port.
pub(crate) struct Proxy {
    port: u16,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy)]
struct State {
    network: Network,
    /// The port to which connections lead.
    target: u16,
    /// Connections of another generation are cut off.
    generation: u64,
}

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Network {
    Works,
    /// Connections stay open, and no byte passes in either direction.
    DropsEverything,
    /// Requests pass, and replies do not.
    DropsReplies,
    /// Each reply is this late.
    IsSlow(Duration),
    /// Connections break, and new ones are refused.
    IsDown,
}

impl Proxy {
    pub(crate) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (state, seen) = watch::channel(State {
            network: Network::Works,
            target,
            generation: 0,
        });
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let seen = seen.clone();
                tokio::spawn(pass(client, seen));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Changes the network, for open connections as well.
    pub(crate) fn set(&self, network: Network) {
        self.state.send_modify(|state| state.network = network);
    }

    /// Leads new connections to another port. The open ones stay.
    pub(crate) fn lead_to(&self, target: u16) {
        self.state.send_modify(|state| state.target = target);
    }

    /// Cuts off the open connections. New ones work.
    pub(crate) fn cut_off(&self) {
        self.state.send_modify(|state| state.generation += 1);
    }
}

async fn pass(client: TcpStream, seen: watch::Receiver<State>) {
    let start = *seen.borrow();
    if start.network == Network::IsDown {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", start.target)).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut changes = seen.clone();
    let cut = changes
        .wait_for(|state| state.network == Network::IsDown || state.generation != start.generation);
    tokio::select! {
        () = copy(from_client, to_server, seen.clone(), Direction::Request) => {}
        () = copy(from_server, to_client, seen.clone(), Direction::Reply) => {}
        _ = cut => {}
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Request,
    Reply,
}

impl Network {
    fn lets_pass(self, direction: Direction) -> bool {
        match self {
            Self::Works | Self::IsSlow(_) => true,
            Self::DropsReplies => direction == Direction::Request,
            Self::DropsEverything | Self::IsDown => false,
        }
    }
}

/// Copies bytes until one end closes. What the network drops is lost for good, so that the connection does
/// not carry anything afterwards: it would be out of step.
async fn copy(
    mut from: tcp::OwnedReadHalf,
    mut to: tcp::OwnedWriteHalf,
    seen: watch::Receiver<State>,
    direction: Direction,
) {
    let mut buffer = vec![0; 16 * 1024];
    let mut is_out_of_step = false;
    loop {
        let read = match from.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => read,
        };
        let network = seen.borrow().network;
        is_out_of_step |= !network.lets_pass(direction);
        if is_out_of_step {
            continue;
        }
        if let (Network::IsSlow(delay), Direction::Reply) = (network, direction) {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
