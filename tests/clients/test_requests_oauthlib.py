"""requests-oauthlib: a code with PKCE, refresh, and automatic refresh."""

import os
import unittest
from urllib.parse import parse_qs, urlsplit

import requests
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from login import log_in

API = os.environ["API"]
ISSUER = os.environ["ISSUER"]
CLIENT_ID = "requests-oauthlib"
REDIRECT_URI = "http://127.0.0.1:3000/callback"
# Both servers are on a loopback address, without TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


class RequestsOAuthlib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        url = f"{ISSUER}.well-known/oauth-authorization-server"
        cls.metadata = requests.get(url, timeout=10).json()
        cls.token_url = cls.metadata["token_endpoint"]

    def session(self, scope, **options):
        session = OAuth2Session(
            CLIENT_ID, redirect_uri=REDIRECT_URI, scope=scope, pkce="S256", **options
        )
        self.addCleanup(session.close)
        return session

    def callback(self, session, user):
        """Logs a user in, and returns the address to which the browser is sent."""
        url, _ = session.authorization_url(self.metadata["authorization_endpoint"])
        self.assertIn("code_challenge_method=S256", url)
        return log_in(url, user)

    def fetch(self, session, callback):
        return session.fetch_token(
            self.token_url, authorization_response=callback, include_client_id=True
        )

    def logged_in(self, user, scope=("offline_access", "read:messages"), **options):
        session = self.session(list(scope), **options)
        self.fetch(session, self.callback(session, user))
        return session

    def test_a_user_logs_in_and_calls_the_api(self):
        session = self.logged_in("ann")
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 200)

    def test_a_token_without_the_scope_gets_403(self):
        session = self.logged_in("cleo", ["offline_access"])
        self.assertEqual(session.get(f"{API}/api/private").status_code, 200)
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 403)

    def test_the_reply_names_the_scope_if_the_user_may_not_have_all(self):
        with self.assertRaisesRegex(Warning, "Scope has changed"):
            self.logged_in("cleo")

    def test_a_code_serves_once(self):
        session = self.session(["offline_access", "read:messages"])
        callback = self.callback(session, "ann")
        self.fetch(session, callback)
        with self.assertRaises(InvalidGrantError):
            self.fetch(session, callback)

    def test_a_code_with_the_verifier_of_another_login_gives_nothing(self):
        callback = self.callback(self.session(["read:messages"]), "ann")
        code = parse_qs(urlsplit(callback).query)["code"][0]
        other = self.session(["read:messages"])
        other.authorization_url(self.metadata["authorization_endpoint"])
        with self.assertRaises(InvalidGrantError) as refusal:
            other.fetch_token(self.token_url, code=code, include_client_id=True)
        self.assertIn("code_verifier", refusal.exception.description)

    def test_a_refresh_token_serves_once(self):
        session = self.logged_in("ann")
        first = session.token["refresh_token"]
        session.refresh_token(self.token_url, client_id=CLIENT_ID)
        last = session.token["refresh_token"]
        self.assertNotEqual(last, first)
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 200)
        for old in (first, last):
            with self.assertRaises(InvalidGrantError):
                session.refresh_token(self.token_url, refresh_token=old, client_id=CLIENT_ID)

    def test_a_session_refreshes_an_expired_token_by_itself(self):
        updates = []
        session = self.logged_in(
            "ann",
            auto_refresh_url=self.token_url,
            auto_refresh_kwargs={"client_id": CLIENT_ID},
            token_updater=updates.append,
        )
        session.token = {**session.token, "expires_at": 1}
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 200)
        self.assertEqual(len(updates), 1)
