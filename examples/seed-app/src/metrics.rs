//! What Prometheus scrapes: `GET /metrics`, for the scope `read:metrics`.

use std::sync::LazyLock;
use std::time::Duration;

use auth_runtime::requires_scope;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::ContentType;
use rocket::tokio::time;
use rocket::{get, tokio};

use crate::scopes;

/// The upper bounds for the time of a verification, in seconds. A remembered token takes less than a
/// microsecond, a signature some ten of them, and a fetch of keys as long as the network.
const BUCKETS: [f64; 9] = [1e-6, 1e-5, 3e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0];

/// A process has one recorder. It is `None` if the program that builds this API has installed another.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS);
    builder.ok()?.install_recorder().ok()
});

/// Installs the recorder, which must be there before the fairing of auth-runtime starts.
pub(crate) fn fairing() -> impl Fairing {
    LazyLock::force(&RECORDER);
    AdHoc::on_liftoff("Metrics", |_| {
        Box::pin(async {
            tokio::spawn(async {
                // Between scrapes, times are summed up now and then.
                while let Some(recorder) = &*RECORDER {
                    time::sleep(Duration::from_secs(5)).await;
                    recorder.run_upkeep();
                }
            });
        })
    })
}

#[requires_scope(scopes::READ_METRICS)]
#[get("/metrics")]
pub(crate) fn metrics() -> Option<(ContentType, String)> {
    let text = RECORDER.as_ref()?.render();
    let media_type =
        ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Some((media_type, text))
}
