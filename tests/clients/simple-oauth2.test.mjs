// simple-oauth2: a client with a secret, which it sends in the `Authorization` header or in the body.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

// simple-oauth2 leaves PKCE to the application.
import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from "openid-client";
import { AuthorizationCode } from "simple-oauth2";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
// The header carries the secret in the encoding of RFC 6749 §2.3.1, which changes these characters.
const SECRET = "a secret: 100% & more";
let app, metadata;

before(async () => {
  app = await seedApp(`local={clients=[{client_id="web-app",client_secret="${SECRET}"}]}`);
  metadata = await (await fetch(new URL(".well-known/oauth-authorization-server", app.issuer))).json();
});
after(() => app.stop());

function clientWith(secret, authorizationMethod = "header") {
  return new AuthorizationCode({
    client: { id: "web-app", secret },
    auth: {
      tokenHost: app.issuer,
      tokenPath: new URL(metadata.token_endpoint).pathname,
      authorizePath: new URL(metadata.authorization_endpoint).pathname,
      revokePath: new URL(metadata.revocation_endpoint).pathname,
    },
    options: { authorizationMethod },
  });
}

/** Logs a user in, and returns the parameters of the token request. */
async function codeOf(client, user) {
  const codeVerifier = randomPKCECodeVerifier();
  const url = client.authorizeURL({
    redirect_uri: REDIRECT_URI,
    scope: ["offline_access", "read:messages"],
    state: "a state",
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
  });
  const back = await logIn(url, user);
  assert.equal(back.searchParams.get("state"), "a state");
  return {
    code: back.searchParams.get("code"),
    redirect_uri: REDIRECT_URI,
    code_verifier: codeVerifier,
  };
}

const call = async ({ token }, path) =>
  (await fetch(new URL(path, app.url), {
    headers: { Authorization: `Bearer ${token.access_token}` },
  })).status;

/** What an error of the library says: the status, and the code in the body. */
const refusal = (status, code) => (error) => {
  assert.deepEqual([error.output.statusCode, error.data.payload.error], [status, code]);
  return true;
};

for (const method of ["header", "body"]) {
  test(`a client with its secret in the ${method} gets a token and refreshes it once`, async () => {
    const client = clientWith(SECRET, method);
    const first = await client.getToken(await codeOf(client, "ann"));
    assert.equal(await call(first, "/api/private-scoped"), 200);
    assert.equal(first.expired(), false);
    const next = await first.refresh();
    assert.notEqual(next.token.refresh_token, first.token.refresh_token);
    assert.equal(await call(next, "/api/private-scoped"), 200);
    await assert.rejects(first.refresh(), refusal(400, "invalid_grant"));
  });

  test(`a wrong secret in the ${method} gives nothing`, async () => {
    const client = clientWith("another secret", method);
    const parameters = await codeOf(client, "ann");
    await assert.rejects(client.getToken(parameters), refusal(401, "invalid_client"));
  });
}

test("a code serves once", async () => {
  const client = clientWith(SECRET);
  const parameters = await codeOf(client, "ann");
  const tokens = await client.getToken(parameters);
  await assert.rejects(client.getToken(parameters), refusal(400, "invalid_grant"));
  await assert.rejects(tokens.refresh(), refusal(400, "invalid_grant"));
});

test("a user without the scope gets 403", async () => {
  const client = clientWith(SECRET);
  const tokens = await client.getToken(await codeOf(client, "cleo"));
  assert.equal(await call(tokens, "/api/private"), 200);
  assert.equal(await call(tokens, "/api/private-scoped"), 403);
});
