// openid-client: login, userinfo, refresh and logout.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as openid from "openid-client";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
let app, config;

before(async () => {
  app = await seedApp();
  config = await openid.discovery(new URL(app.issuer), "openid-client", undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });
});
after(() => app.stop());

/** Logs a user in, and returns the tokens. */
async function tokensOf(user) {
  const verifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile offline_access read:messages",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  return openid.authorizationCodeGrant(config, await logIn(url, user), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
}

const call = async (tokens, path) =>
  (await fetch(new URL(path, app.url), {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  })).status;

test("users have the scopes that are theirs", async () => {
  assert.equal(await call(await tokensOf("ann"), "/api/private-scoped"), 200);
  assert.equal(await call(await tokensOf("cleo"), "/api/private-scoped"), 403);
  assert.equal(await call(await tokensOf("cleo"), "/api/private"), 200);
});

test("userinfo says who has logged in", async () => {
  const tokens = await tokensOf("ben");
  const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(info.sub, "ben");
  assert.match(info.name, /^Ben/);
});

test("a refresh token serves once", async () => {
  const tokens = await tokensOf("ann");
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(await call(next, "/api/private-scoped"), 200);
  for (const old of [tokens, next]) {
    await assert.rejects(openid.refreshTokenGrant(config, old.refresh_token), (error) => {
      assert.equal(error.error, "invalid_grant");
      return true;
    });
  }
});

test("a logout ends the session and leads back", async () => {
  const tokens = await tokensOf("ann");
  const url = openid.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: REDIRECT_URI,
    state: "bye",
  });
  const reply = await fetch(url, { redirect: "manual" });
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.get("location"), `${REDIRECT_URI}?state=bye`);
  await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), (error) =>
    error.error === "invalid_grant");
});

test("only the client of a token revokes it, and then it is not active", async () => {
  const tokens = await tokensOf("ann");
  const api = await openid.discovery(new URL(app.issuer), "api", "any", undefined, {
    execute: [openid.allowInsecureRequests],
  });
  await assert.rejects(openid.tokenRevocation(api, tokens.access_token), (error) => {
    assert.equal(error.error, "invalid_grant");
    return true;
  });
  assert.equal((await openid.tokenIntrospection(api, tokens.access_token)).active, true);
  await openid.tokenRevocation(config, tokens.access_token);
  assert.equal((await openid.tokenIntrospection(api, tokens.access_token)).active, false);
});
