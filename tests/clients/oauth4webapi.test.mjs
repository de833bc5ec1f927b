// oauth4webapi: client credentials, a code with PKCE, and DPoP with nonces.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as oauth from "oauth4webapi";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
const client = { client_id: "oauth4webapi" };
const insecure = { [oauth.allowInsecureRequests]: true };

let app, as;

before(async () => {
  app = await seedApp('dpop="allow",dpop_nonce=true,local={dpop_nonce=true}');
  const issuer = new URL(app.issuer);
  const reply = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  as = await oauth.processDiscoveryResponse(issuer, reply);
});
after(() => app.stop());

const call = (token, path, options) =>
  oauth.protectedResourceRequest(token, "GET", new URL(path, app.url), undefined, undefined, {
    ...insecure,
    ...options,
  });

/** Sends a request again if the server asks for a nonce, and counts how often it did. */
async function withNonce(counter, send) {
  try {
    return await send();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    counter.asked += 1;
    return send();
  }
}

test("client credentials give a token that the API accepts", async () => {
  const parameters = new URLSearchParams({ scope: "read:messages" });
  const reply = await oauth.clientCredentialsGrantRequest(
    as, client, oauth.ClientSecretBasic("any"), parameters, insecure,
  );
  const tokens = await oauth.processClientCredentialsResponse(as, client, reply);
  assert.equal(tokens.token_type, "bearer");
  const response = await call(tokens.access_token, "/api/private-scoped");
  assert.equal(response.status, 200);
  const claims = await (await call(tokens.access_token, "/api/me")).json();
  assert.equal(claims.client_id, client.client_id);
});

test("a user logs in with a code and PKCE, and a bound token needs the nonces of both servers", async () => {
  const keys = await oauth.generateKeyPair("ES256");
  const DPoP = oauth.DPoP(client, keys);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: "openid read:messages",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const parameters = oauth.validateAuthResponse(as, client, await logIn(url, "ann"), state);

  const counter = { asked: 0 };
  const tokens = await withNonce(counter, async () => {
    const reply = await oauth.authorizationCodeGrantRequest(
      as, client, oauth.None(), parameters, REDIRECT_URI, verifier, { DPoP, ...insecure },
    );
    return oauth.processAuthorizationCodeResponse(as, client, reply, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
  });
  assert.equal(counter.asked, 1, "the issuer asks for its nonce");
  assert.equal(tokens.token_type, "dpop");
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, "ann");

  const response = await withNonce(counter, () =>
    call(tokens.access_token, "/api/private-scoped", { DPoP }));
  assert.equal(counter.asked, 2, "the API asks for its nonce");
  assert.equal(response.status, 200);

  // Whoever has only the token gets nothing.
  await assert.rejects(call(tokens.access_token, "/api/private-scoped"), (error) => {
    assert.equal(error.status, 401);
    return true;
  });
  const thief = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
  const stolen = withNonce(counter, () => call(tokens.access_token, "/api/private", { DPoP: thief }));
  await assert.rejects(stolen, (error) => error.status === 401);
});

test("a code without its verifier gives nothing", async () => {
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: "S256",
  });
  const back = await logIn(url, "ben");
  const parameters = oauth.validateAuthResponse(as, client, back, oauth.expectNoState);
  const reply = await oauth.authorizationCodeGrantRequest(
    as, client, oauth.None(), parameters, REDIRECT_URI, oauth.generateRandomCodeVerifier(), insecure,
  );
  await assert.rejects(oauth.processAuthorizationCodeResponse(as, client, reply), (error) => {
    assert.equal(error.error, "invalid_grant");
    return true;
  });
});

test("a device waits for its user", async () => {
  const tv = { client_id: "tv" };
  const started = await oauth.processDeviceAuthorizationResponse(
    as, tv, await oauth.deviceAuthorizationRequest(as, tv, oauth.None(), { scope: "openid" }, insecure),
  );
  const poll = async () => oauth.processDeviceCodeResponse(
    as, tv, await oauth.deviceCodeGrantRequest(as, tv, oauth.None(), started.device_code, insecure),
  );
  await assert.rejects(poll(), (error) => error.error === "authorization_pending");
  const page = await fetch(new URL("device", app.issuer), {
    method: "POST",
    body: new URLSearchParams({ user_code: started.user_code, user: "cleo" }),
  });
  assert.equal(page.status, 200);
  const tokens = await poll();
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, "cleo");
});
