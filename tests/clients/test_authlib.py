"""Authlib: OpenID Connect metadata, a code with PKCE, the ID token, refresh and revocation."""

import os
import unittest

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

from login import log_in

API = os.environ["API"]
ISSUER = os.environ["ISSUER"]
REDIRECT_URI = "http://127.0.0.1:3000/callback"
# Both servers are on a loopback address, without TLS.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


def get(url):
    reply = requests.get(url, timeout=10)
    reply.raise_for_status()
    return reply.json()


class Authlib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.metadata = OpenIDProviderMetadata(get(f"{ISSUER}.well-known/openid-configuration"))

    def session(self):
        session = OAuth2Session(
            "authlib",
            redirect_uri=REDIRECT_URI,
            scope="openid profile offline_access read:messages",
            code_challenge_method="S256",
            token_endpoint=self.metadata["token_endpoint"],
            token_endpoint_auth_method="none",
        )
        self.addCleanup(session.close)
        return session

    def logged_in(self, user, wrong_verifier=None):
        """Logs a user in, and returns the session and the nonce of the request."""
        session = self.session()
        verifier, nonce = generate_token(48), generate_token()
        url, state = session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        self.assertIn(f"code_challenge={create_s256_code_challenge(verifier)}", url)
        session.fetch_token(
            authorization_response=log_in(url, user),
            state=state,
            code_verifier=wrong_verifier or verifier,
        )
        return session, nonce

    def assert_refused(self, error, call, *arguments, **options):
        with self.assertRaises(OAuthError) as refusal:
            call(*arguments, **options)
        self.assertEqual(refusal.exception.error, error)

    def test_the_metadata_are_valid(self):
        self.metadata.validate()
        self.assertEqual(self.metadata["issuer"], ISSUER)

    def test_a_user_logs_in_and_calls_the_api(self):
        session, nonce = self.logged_in("ann")
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 200)

        keys = KeySet.import_key_set(get(self.metadata["jwks_uri"]))
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        token = jwt.decode(session.token["id_token"], keys, algorithms=algorithms)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": ISSUER}},
            {
                "client_id": "authlib",
                "nonce": nonce,
                "access_token": session.token["access_token"],
            },
        )
        claims.validate()
        self.assertEqual(claims["sub"], "ann")

    def test_a_user_without_the_scope_gets_403(self):
        session, _ = self.logged_in("cleo")
        self.assertEqual(session.get(f"{API}/api/private").status_code, 200)
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 403)

    def test_a_wrong_verifier_gives_nothing(self):
        self.assert_refused("invalid_grant", self.logged_in, "ann", generate_token(48))

    def test_a_refresh_token_serves_once(self):
        session, _ = self.logged_in("ann")
        first = session.token["refresh_token"]
        session.refresh_token(refresh_token=first)
        self.assertNotEqual(session.token["refresh_token"], first)
        self.assertEqual(session.get(f"{API}/api/private-scoped").status_code, 200)
        last = session.token["refresh_token"]
        for old in (first, last):
            self.assert_refused("invalid_grant", session.refresh_token, refresh_token=old)

    def test_a_revoked_refresh_token_is_refused(self):
        session, _ = self.logged_in("ann")
        token = session.token["refresh_token"]
        reply = session.revoke_token(
            self.metadata["revocation_endpoint"], token=token, token_type_hint="refresh_token"
        )
        self.assertEqual(reply.status_code, 200)
        self.assert_refused("invalid_grant", session.refresh_token, refresh_token=token)
