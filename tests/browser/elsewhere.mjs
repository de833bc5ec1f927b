// Pages of other origins: they can call the API, and not the console.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { blankPage } from "./apps.mjs";
import { api, test } from "./driver.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const jquery = read("node_modules/jquery/dist/jquery.min.js");
const snippet = (name) => read(`../../docs/call-your-api/${name}`);

const url = await blankPage();
const options = { url, isConsole: false };
const [issuer] = (await (await fetch(`${api}/_auth/overview`)).json()).issuers;

/** A token of the local issuer, which a page of any origin can get. */
const token = (page) => page.evaluate(async (issuer) => {
  const reply = await fetch(`${issuer}oauth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", audience: "https://api.example.com" }),
  });
  return (await reply.json()).access_token;
}, issuer);

/** Requests to the issuer are no problem here. */
function forgive(opened) {
  opened.problems = opened.problems.filter((problem) => !problem.startsWith(`a request to ${new URL(issuer).origin}`));
}

test("a page of another origin can read a token, a 200 and the code of a 401", async (opened) => {
  const raw = await token(opened.page);
  const reply = await opened.page.evaluate(async ({ api, issuer, raw }) => {
    const call = (token) => fetch(`${api}/api/private`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    const refused = await call();
    const notGranted = await fetch(`${issuer}oauth/token`, { method: "POST", body: "grant_type=x" });
    return {
      allowed: (await call(raw)).status,
      refused: [refused.status, (await refused.json()).code, refused.headers.get("WWW-Authenticate")],
      notGranted: (await notGranted.json()).error,
    };
  }, { api, issuer, raw });
  assert.deepEqual(reply, {
    allowed: 200,
    refused: [401, "authorization_header_missing", "Bearer"],
    notGranted: "unsupported_grant_type",
  });
  forgive(opened);
}, options);

test("a page of another origin can neither read nor use the console", async (opened) => {
  const attempts = await opened.page.evaluate(async (api) => {
    const attempt = (path, options) => fetch(`${api}${path}`, options)
      .then(async (reply) => `${reply.type} ${reply.status} ${await reply.text()}`, () => "failed");
    const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
    const plain = { method: "POST", body: "{}", mode: "no-cors" };
    return Promise.all([
      attempt("/"), attempt("/_auth/overview"), attempt("/_auth/verdicts", json), attempt("/_auth/token", json),
      attempt("/_auth/token", plain), attempt("/nothing/is/here"),
    ]);
  }, api);
  // The seed app lets other origins read its replies. It has nothing at these addresses for them.
  const nothing = attempts.pop();
  assert.match(nothing, /^cors 404 /);
  assert.deepEqual(attempts, [nothing, nothing, nothing, nothing, "opaque 0 "]);
  const framed = await opened.page.evaluate((api) => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = `${api}/`;
    frame.onload = () => resolve(frame.contentDocument === null ? "blocked" : "shown");
    document.body.append(frame);
  }), api);
  assert.equal(framed, "blocked");
  const frames = opened.page.frames().slice(1);
  for (const frame of frames) assert.ok(!(await frame.content()).includes("Who may call what"));
  opened.problems = [];
}, options);

for (const [name, library] of [["fetch.js", ""], ["jquery.js", jquery]]) {
  test(`docs/call-your-api/${name} calls from another origin`, async (opened) => {
    const raw = await token(opened.page);
    const call = (path, token) => opened.page.evaluate(`${library};${snippet(name)};
      callApi(${JSON.stringify(api + path)}, ${JSON.stringify(token)}).then(
        (body) => body.message,
        ({ status, code, message }) => [status, code, message],
      )`);
    assert.match(await call("/api/private", raw), /^Hello from a private endpoint!/);
    assert.deepEqual(await call("/api/private-scoped", raw), [403, "Unauthorized", "You don't have access to this resource."]);
    assert.deepEqual(await call("/api/private", `${raw}x`), [401, "invalid_header", "Unable to parse authentication token."]);
    forgive(opened);
  }, options);
}
