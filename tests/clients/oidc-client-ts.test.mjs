// oidc-client-ts: login by redirect, userinfo, silent renewal and logout. Without a `window`, the library keeps its
// state in memory, and a navigator takes the place of `window.location`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ErrorResponse, UserManager } from "oidc-client-ts";

import { logIn, seedApp } from "./apps.mjs";

const REDIRECT_URI = "http://127.0.0.1:3000/callback";
const tabs = [];
let app;

before(async () => {
  app = await seedApp();
});
after(async () => {
  // A tab with a user has a timer for the end of the token.
  for (const { manager } of tabs) await manager.removeUser();
  app.stop();
});

/** The user manager of one browser tab, and the address to which it has navigated. */
function browserTab() {
  const tab = { address: undefined };
  const navigator = {
    prepare: async () => ({
      navigate: async ({ url }) => {
        tab.address = url;
        return { url };
      },
      close: () => {},
    }),
    callback: async () => {},
  };
  const settings = {
    authority: app.issuer,
    client_id: "oidc-client-ts",
    redirect_uri: REDIRECT_URI,
    post_logout_redirect_uri: REDIRECT_URI,
    scope: "openid profile offline_access read:messages",
    loadUserInfo: true,
    automaticSilentRenew: false,
  };
  tab.manager = new UserManager(settings, navigator);
  tabs.push(tab);
  return tab;
}

async function loggedIn(user) {
  const tab = browserTab();
  await tab.manager.signinRedirect();
  const back = await logIn(tab.address, user);
  return { tab, user: await tab.manager.signinCallback(back.href) };
}

const call = async (user, path) =>
  (await fetch(new URL(path, app.url), {
    headers: { Authorization: `${user.token_type} ${user.access_token}` },
  })).status;

const isInvalidGrant = (error) => {
  assert.ok(error instanceof ErrorResponse, error);
  assert.equal(error.error, "invalid_grant");
  return true;
};

test("a user logs in with a code and PKCE, and userinfo completes the profile", async () => {
  const { tab, user } = await loggedIn("ann");
  const query = new URL(tab.address).searchParams;
  assert.equal(query.get("code_challenge_method"), "S256");
  assert.equal(user.profile.sub, "ann");
  assert.match(user.profile.name, /^Ann/);
  assert.equal(await call(user, "/api/private-scoped"), 200);
});

test("a user without the scope gets 403", async () => {
  const { user } = await loggedIn("cleo");
  assert.equal(await call(user, "/api/private"), 200);
  assert.equal(await call(user, "/api/private-scoped"), 403);
});

test("silent renewal uses the refresh token, and an old refresh token ends the session", async () => {
  const { tab, user } = await loggedIn("ann");
  const renewed = await tab.manager.signinSilent();
  assert.notEqual(renewed.refresh_token, user.refresh_token);
  assert.notEqual(renewed.access_token, user.access_token);
  assert.equal(await call(renewed, "/api/private-scoped"), 200);
  for (const old of [user, renewed]) {
    await tab.manager.storeUser(old);
    await assert.rejects(tab.manager.signinSilent(), isInvalidGrant);
  }
});

test("an unknown code gives nothing", async () => {
  const tab = browserTab();
  await tab.manager.signinRedirect();
  const back = await logIn(tab.address, "ann");
  back.searchParams.set("code", "unknown");
  await assert.rejects(tab.manager.signinCallback(back.href), isInvalidGrant);
});

test("a logout leads back, and the session is over", async () => {
  const { tab, user } = await loggedIn("ann");
  await tab.manager.signoutRedirect();
  const reply = await fetch(tab.address, { redirect: "manual" });
  assert.equal(reply.status, 303);
  await tab.manager.signoutCallback(reply.headers.get("location"));
  await tab.manager.storeUser(user);
  await assert.rejects(tab.manager.signinSilent(), isInvalidGrant);
});
