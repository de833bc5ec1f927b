#!/usr/bin/env python3
"""Starts Prometheus with the configuration of the compose file, for one seed app and its local issuer, and
checks what it reads.

    tests/prometheus/scrape.py API ISSUER FOLDER
"""

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "docs/prometheus-alerts.yml"
# What these show is there as soon as a few requests have been counted.
SHOWN = ("Tokens per second", "Keys", "Decisions by outcome", "Verification", "Key fetches", "Remembered tokens")
api, issuer, folder = sys.argv[1], sys.argv[2].rstrip("/"), Path(sys.argv[3])


def get(url, **headers):
    with urlopen(Request(url, headers=headers), timeout=10) as reply:
        return reply.read()


def token(**parameters):
    data = urlencode({"grant_type": "client_credentials", **parameters}).encode()
    return json.loads(urlopen(f"{issuer}/oauth/token", data, timeout=10).read())["access_token"]


def configuration():
    """Returns the configuration of the compose file with its variables and addresses replaced."""
    compose = (ROOT / "examples/seed-app/compose.yaml").read_text()
    text = re.search(r"^configs:\n  prometheus:\n    content: \|\n((?:      .*\n)+)", compose, re.M)[1]
    metadata = json.loads(get(f"{issuer}/.well-known/openid-configuration"))
    replacements = {
        '"api:8000", "second:8000"': f'"{urlsplit(api).netloc}"',
        "https://${AUTH0_DOMAIN}/oauth/token": metadata["token_endpoint"],
        "${METRICS_CLIENT_ID:-}": "prometheus",
        "${METRICS_CLIENT_SECRET:-}": "a secret",
        'endpoint_params: { audience: "${API_IDENTIFIER}" }': "",
        "[alerts.yml]": f'["{ALERTS}"]',
    }
    for old, new in replacements.items():
        text = text.replace(old, new)
    assert "${" not in text, text
    return text


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(path):
    return json.loads(get(f"{prometheus}/api/v1/{path}"))["data"]


def query(expression):
    for variable, value in {"$instance": ".*", "$__rate_interval": "1m"}.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression, expression
    return ask(f"query?query={quote(expression)}")["result"]


def wait_for(what, condition):
    """Returns the first value of a condition that counts as true."""
    last = None
    for _ in range(120):
        try:
            if value := condition():
                return value
        except URLError as error:
            last = error
        if process.poll() is not None:
            sys.exit("Prometheus has ended")
        time.sleep(0.5)
    sys.exit(f"waited in vain for {what}: {last or ask('targets')['activeTargets']}")


def is_scraped():
    targets = ask("targets")["activeTargets"]
    return len(targets) == 1 and targets[0]["health"] == "up"


def is_dashboard_filled():
    """Evaluates every expression of the dashboard. Returns whether those that must have data do."""
    dashboard = json.loads((ROOT / "docs/grafana-dashboard.json").read_text())
    results = {panel["title"]: [query(target["expr"]) for target in panel["targets"]] for panel in dashboard["panels"]}
    return all(all(results[title]) for title in SHOWN)


file = folder / "prometheus.yml"
file.write_text(configuration())
port = free_port()
prometheus = f"http://127.0.0.1:{port}"
process = subprocess.Popen(
    ["prometheus", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}", f"--storage.tsdb.path={folder}/data", "--log.level=warn"]
)
try:
    bearer = {"Authorization": f"Bearer {token()}"}
    wait_for("a scrape", is_scraped)

    def are_requests_shown():
        get(f"{api}/api/private", **bearer)
        return is_dashboard_filled()

    wait_for("data on the dashboard", are_requests_shown)
    expected = re.findall(r"- alert: (\w+)", ALERTS.read_text())

    def are_alerts_evaluated():
        rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
        assert [rule["name"] for rule in rules] == expected, rules
        assert not any(rule["health"] == "err" for rule in rules), rules
        return all(rule["health"] == "ok" for rule in rules)

    wait_for("the evaluation of the alerts", are_alerts_evaluated)
    firing = query('ALERTS{alertstate="firing"}')
    assert not firing, firing
finally:
    process.terminate()
    process.wait()
print(f"Prometheus scrapes the app, reads {len(expected)} alerts, and has data for the dashboard")
