// @badgateway/oauth2-client: RFC 8414 metadata, a code with PKCE, refresh, introspection and revocation.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { OAuth2Client, OAuth2Fetch, OAuth2HttpError, generateCodeVerifier } from "@badgateway/oauth2-client";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
let app;

before(async () => {
  app = await seedApp();
});
after(() => app.stop());

const newClient = (settings) =>
  new OAuth2Client({ server: app.issuer, clientId: "badgateway", ...settings });

/** Logs a user in, and exchanges the code with this verifier, or with the right one. */
async function tokensOf(client, user, wrongVerifier) {
  const codeVerifier = await generateCodeVerifier();
  const request = { redirectUri: REDIRECT_URI, state: "a state" };
  const url = await client.authorizationCode.getAuthorizeUri({
    ...request,
    codeVerifier,
    scope: ["offline_access", "read:messages"],
  });
  return client.authorizationCode.getTokenFromCodeRedirect(await logIn(url, user), {
    ...request,
    codeVerifier: wrongVerifier ?? codeVerifier,
  });
}

const call = async ({ accessToken }, path) =>
  (await fetch(new URL(path, app.url), {
    headers: { Authorization: `Bearer ${accessToken}` },
  })).status;

const isInvalidGrant = (error) => {
  assert.ok(error instanceof OAuth2HttpError, error);
  assert.deepEqual([error.httpCode, error.oauth2Code], [400, "invalid_grant"]);
  return true;
};

test("a client needs only the address of the issuer", async () => {
  const client = newClient();
  const tokens = await tokensOf(client, "ann");
  assert.equal(await client.getEndpoint("tokenEndpoint"), new URL("oauth/token", app.issuer).href);
  assert.equal(await call(tokens, "/api/private-scoped"), 200);
});

test("a user without the scope gets 403", async () => {
  const tokens = await tokensOf(newClient(), "cleo");
  assert.equal(await call(tokens, "/api/private"), 200);
  assert.equal(await call(tokens, "/api/private-scoped"), 403);
});

test("a wrong verifier gives nothing", async () => {
  const wrong = await generateCodeVerifier();
  await assert.rejects(tokensOf(newClient(), "ann", wrong), isInvalidGrant);
});

test("a refresh token serves once", async () => {
  const client = newClient();
  const first = await tokensOf(client, "ann");
  const next = await client.refreshToken(first);
  assert.notEqual(next.refreshToken, first.refreshToken);
  assert.equal(await call(next, "/api/private-scoped"), 200);
  for (const old of [first, next]) {
    await assert.rejects(client.refreshToken(old), isInvalidGrant);
  }
});

test("a 401 of the API makes the client refresh and call again", async () => {
  const client = newClient();
  const tokens = await tokensOf(client, "ann");
  const stored = [];
  const api = new OAuth2Fetch({
    client,
    getNewToken: () => null,
    getStoredToken: () => ({ ...tokens, accessToken: "not-a-token" }),
    storeToken: (token) => stored.push(token),
    scheduleRefresh: false,
  });
  const reply = await api.fetch(new URL("/api/private-scoped", app.url));
  assert.equal(reply.status, 200);
  assert.equal(stored.length, 1);
  assert.notEqual(stored[0].refreshToken, tokens.refreshToken);
});

test("a revoked token is not active", async () => {
  const client = newClient();
  const api = newClient({ clientId: "api", clientSecret: "any" });
  const tokens = await tokensOf(client, "ann");
  assert.equal((await api.introspect(tokens)).active, true);
  await client.revoke(tokens);
  assert.equal((await api.introspect(tokens)).active, false);
});
