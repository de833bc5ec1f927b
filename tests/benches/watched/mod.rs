//! Measures what metrics and shadow verification add to a remembered token.

use std::hint::black_box;
use std::time::Instant;

use auth_runtime::{Auth, AuthBuilder, ShadowRules};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::CALLS;
use crate::fixtures::{done, ignited};
use crate::table::{contender, measure, show};

/// Remember a token, and are watched in different ways.
pub(crate) struct Watched {
    plain: Auth,
    measured: Auth,
    shadowed: Auth,
    sampled: Auth,
    recorder: PrometheusHandle,
}

impl Watched {
    /// Installs a recorder. An `Auth` that verified before this does not use it.
    pub(crate) async fn new(auth: AuthBuilder, token: &str) -> Self {
        let plain = verified(auth.clone(), token).await;
        let recorder = PrometheusBuilder::new().install_recorder();
        let rules = || ShadowRules::default().audience("https://other.example.com");
        Self {
            plain,
            measured: verified(auth.clone(), token).await,
            shadowed: verified(auth.clone().shadow(rules()), token).await,
            sampled: verified(auth.shadow(rules().sample(0.1)), token).await,
            recorder: recorder.expect("there is no other recorder"),
        }
    }

    /// Prints what metrics and shadow verification add to a remembered token.
    pub(crate) fn measure(&self, token: &str) {
        let verify = |auth: &Auth| {
            black_box(done(auth.verify(token)).is_ok());
        };
        let mut contenders = [
            contender(
                "a remembered token, without a recorder",
                0,
                20 * CALLS,
                || {
                    verify(&self.plain);
                },
            ),
            contender("with metrics", 0, 20 * CALLS, || verify(&self.measured)),
            contender("with metrics, judged by `shadow`", 0, 5 * CALLS, || {
                verify(&self.shadowed);
            }),
            contender("with metrics, a tenth judged", 0, 20 * CALLS, || {
                verify(&self.sampled);
            }),
            // With the feature `metrics`, each verification is timed, even without a recorder.
            contender("two readings of the clock", 0, 20 * CALLS, || {
                black_box(Instant::now().elapsed());
            }),
        ];
        measure(&mut contenders);
        let medians = show(&mut contenders);
        let [plain, measured, shadowed, sampled, clock] = medians[..] else {
            panic!("each row has a median");
        };
        println!(
            "\nmetrics on a remembered token: {:.0} ns, of which the clock takes {clock:.0} ns; the target is \
             at most 100 ns",
            measured - plain + clock
        );
        println!(
            "shadow verification: {:.0} ns for a token that is judged; {:.0} ns if a tenth is judged",
            shadowed - measured,
            sampled - measured
        );
        assert!(self.recorder.render().contains("auth_tokens_total"));
    }
}

/// Returns an `Auth` that has verified this token before.
pub(crate) async fn verified(auth: AuthBuilder, token: &str) -> Auth {
    let auth = ignited(auth).await;
    drop(auth.verify(token).await.expect("the token is valid"));
    auth
}
