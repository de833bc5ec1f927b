// The discovery of the official MCP SDK: from a refusal of the API to a token that it accepts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  startAuthorization,
} from "@modelcontextprotocol/sdk/client/auth.js";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
const clientInformation = { client_id: "mcp-client" };
let app;

before(async () => {
  app = await seedApp("resource_metadata=true");
});
after(() => app.stop());

test("a client finds the issuer and the scopes from the refusal, and gets in", async () => {
  const route = new URL("/api/private-scoped", app.url);
  const refused = await fetch(route);
  assert.equal(refused.status, 401);
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(refused);
  assert.equal(scope, "read:messages");

  const resource = await discoverOAuthProtectedResourceMetadata(route, { resourceMetadataUrl });
  assert.equal(resource.resource, app.url);
  assert.deepEqual(resource.authorization_servers, [app.issuer]);
  assert.ok(resource.scopes_supported.includes("read:messages"));

  const [server] = resource.authorization_servers;
  const metadata = await discoverAuthorizationServerMetadata(server);
  assert.equal(metadata.issuer, app.issuer);
  const { authorizationUrl, codeVerifier } = await startAuthorization(server, {
    metadata,
    clientInformation,
    redirectUrl: REDIRECT_URI,
    scope,
  });
  const back = await logIn(authorizationUrl, "ann");
  const tokens = await exchangeAuthorization(server, {
    metadata,
    clientInformation,
    authorizationCode: back.searchParams.get("code"),
    codeVerifier,
    redirectUri: REDIRECT_URI,
  });
  const headers = { Authorization: `Bearer ${tokens.access_token}` };
  assert.equal((await fetch(route, { headers })).status, 200);
});

test("a token without the scope names the scope that is missing", async () => {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  const granted = await fetch(new URL("oauth/token", app.issuer), { method: "POST", body: form });
  const { access_token } = await granted.json();
  const refused = await fetch(new URL("/api/private-scoped", app.url), {
    headers: { Authorization: `Bearer ${access_token}` },
  });
  assert.equal(refused.status, 403);
  const { error, scope } = extractWWWAuthenticateParams(refused);
  assert.deepEqual([error, scope], ["insufficient_scope", "read:messages"]);
});
