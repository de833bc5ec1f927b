// The playground, used as its users do: by mouse, by keyboard, on a phone, from another origin.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { pageElsewhere, seedApp, stop } from "./apps.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const axe = read("node_modules/axe-core/axe.min.js");
const jquery = read("node_modules/jquery/dist/jquery.min.js");
const snippet = (name) => read(`../../docs/call-your-api/${name}`);
const screenshots = process.argv.includes("--screenshots");

const api = await seedApp();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const PUBLIC = ["/api/public", "/health", "/ping"];
const PROTECTED = [
  "/api/me",
  "/api/private",
  "/api/private-scoped",
  "/secured/ping",
  "/secured/private/ping",
];
// A stream that does not end by itself, and a route that is not called by GET.
const UNCALLED = ["/api/events", "/admin/revocations"];

/** The page as a user sees it. What it must never do is an error at the end of each test. */
class Playground {
  static async open({ url = api, query = "", ready = true, prepare, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    const playground = Object.assign(new Playground(), { page, context, problems: [] });
    page.on("pageerror", (error) => playground.problems.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      const isRefusal = /status of 40[0-9]/.test(text);
      if (message.type() === "error" && !isRefusal) playground.problems.push(text);
    });
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (![api, url].includes(origin)) playground.problems.push(`a request to ${origin}`);
    });
    await prepare?.(page);
    await page.goto(`${url}/${query}`);
    if (ready) await page.locator("#routes tr").first().waitFor();
    return playground;
  }

  async mint({ wrong = "", scopes = [], lifetime = "3600" } = {}) {
    const { page } = this;
    const before = await page.locator("#token").inputValue();
    await page.getByLabel("Wrong on purpose").selectOption(wrong);
    await page.getByLabel("Lifetime").selectOption(lifetime);
    for (const box of await page.locator("#scopes input").all()) {
      await box.setChecked(scopes.includes(await box.inputValue()));
    }
    await page.getByRole("button", { name: "Get a token", exact: true }).click();
    await page.waitForFunction((before) => document.getElementById("token").value !== before, before);
  }

  row(path) {
    return this.page.locator("#routes tr").filter({ has: this.button("Call", path) });
  }

  async forecast(path) {
    return (await this.row(path).locator(".forecast").innerText()).replace(/\s+/g, " ").trim();
  }

  button(name, path) {
    return this.page.getByRole("button", { name: `${name}: GET ${path}`, exact: true });
  }

  reply(path) {
    return this.row(path).locator("xpath=following-sibling::tr[1]");
  }

  /** Presses it, and reads what is shown of the reply. */
  async call(path, name = "Call") {
    const reply = this.reply(path);
    await reply.evaluate((row) => { row.querySelector(".code").textContent = "…"; });
    await this.button(name, path).click();
    await this.page.waitForFunction((row) => row.querySelector(".code").textContent !== "…", await reply.elementHandle());
    const text = (name) => reply.locator(`.${name}`).textContent();
    return {
      status: await text("code"),
      time: await text("time"),
      explanation: await text("explanation"),
      challenge: await text("challenge"),
      body: await text("body"),
    };
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }
}

const tests = [];
const test = (name, run, options) => tests.push({ name, run, options });

test("without a token each row forecasts the answer that the route gives", async (playground) => {
  for (const path of PUBLIC) {
    assert.equal(await playground.forecast(path), "200 anyone may call it");
    assert.match((await playground.call(path)).status, /^200/);
  }
  for (const path of PROTECTED) {
    assert.equal(await playground.forecast(path), "401 there is no token");
    const reply = await playground.call(path);
    assert.equal(reply.status, "401 Unauthorized");
    assert.match(reply.explanation, /^authorization_header_missing: Authorization header is expected/);
    assert.match(reply.explanation, /Send a token/);
    assert.equal(reply.challenge, "WWW-Authenticate: Bearer");
    assert.match(reply.time, /without a token, \d+ ms$/);
  }
});

test("a token is shown decoded, with its time left", async (playground) => {
  const { page } = playground;
  await page.getByLabel("Subject").fill("auth0|é");
  await playground.mint({ scopes: ["read:messages"], lifetime: "300" });
  const claims = await page.locator("#token-claims").innerText();
  assert.match(claims, /sub\s+auth0\|é/);
  assert.match(claims, /scope\s+read:messages/);
  assert.match(claims, /aud\s+https:\/\/api\.example\.com/);
  assert.match(await page.locator("#token-header").innerText(), /alg\s+RS256/);
  const left = page.locator("#time-left");
  assert.match(await left.textContent(), /^(5 min|4 min 5\d s)/);
  const before = await left.textContent();
  await page.waitForFunction((before) => document.getElementById("time-left").textContent !== before, before);
});

test("a token with the scopes gets 200 everywhere", async (playground) => {
  await playground.mint({ scopes: ["read:messages", "example:scope"] });
  for (const path of PROTECTED) {
    assert.match(await playground.forecast(path), /^200 /);
    const reply = await playground.call(path);
    assert.equal(reply.status, "200 OK");
    assert.equal(reply.challenge, "");
  }
  const me = JSON.parse((await playground.call("/api/me")).body);
  assert.equal(me.sub, "local-user");
  assert.match((await playground.call("/api/me", "Without token")).status, /^401/);
});

test("a token without the scope gets 403, and the page names the scope", async (playground) => {
  await playground.mint({ scopes: ["example:scope"] });
  assert.equal(await playground.forecast("/api/private-scoped"), "403 the token lacks read:messages");
  const reply = await playground.call("/api/private-scoped");
  assert.equal(reply.status, "403 Forbidden");
  assert.match(reply.explanation, /^Unauthorized: You don't have access to this resource\..*get one with read:messages/);
  assert.match(reply.challenge, /error="insufficient_scope", scope="read:messages"/);
  assert.match((await playground.call("/secured/private/ping")).status, /^200/);
});

const REFUSALS = {
  expired: ["the token is expired", "token_expired: token is expired"],
  other_audience: ["the token is for https://another-api.invalid", "invalid_claims: incorrect claims, please check the audience and issuer"],
  other_issuer: ["the issuer is https://another-issuer.invalid/", "invalid_claims: incorrect claims, please check the audience and issuer"],
  other_key: ["the signature was made with another key than the one that “kid” names", "invalid_header: Unable to parse authentication token."],
  unknown_key: ["no key of the issuer has the token’s “kid”", "invalid_header: Unable to find appropriate key"],
  tampered: ["the claims were changed after signing", "invalid_header: Unable to parse authentication token."],
};
for (const [wrong, [why, explanation]] of Object.entries(REFUSALS)) {
  test(`a token with a defect is refused for the reason that its row forecasts: ${wrong}`, async (playground) => {
    await playground.mint({ wrong, scopes: ["read:messages"] });
    for (const path of ["/api/me", "/api/private-scoped"]) {
      assert.equal(await playground.forecast(path), `401 ${why}`);
      const reply = await playground.call(path);
      assert.equal(reply.status, "401 Unauthorized");
      assert.ok(reply.explanation.startsWith(explanation), reply.explanation);
      assert.equal(reply.challenge, 'WWW-Authenticate: Bearer error="invalid_token"');
    }
    assert.match((await playground.call("/ping")).status, /^200/);
  });
}

test("a string that is not a token is refused for the reason that its row forecasts", async (playground) => {
  for (const text of ["a.b", "a.b.c", "bm8.bm8.bm8"]) {
    await playground.page.getByLabel("Access token").fill(text);
    assert.equal(await playground.forecast("/api/me"), "401 the token cannot be decoded");
    assert.match(await playground.page.locator("#token-note").textContent(), /cannot be decoded/);
    const reply = await playground.call("/api/me");
    assert.match(reply.explanation, /^invalid_header: Unable to parse authentication token\./);
  }
});

test("the page notices when a token expires while it is open", async (playground) => {
  const { page } = playground;
  await page.clock.install();
  await page.reload();
  await page.locator("#routes tr").first().waitFor();
  await playground.mint({ lifetime: "300" });
  assert.match(await playground.forecast("/api/me"), /^200/);
  await page.clock.fastForward(301_000);
  assert.equal(await playground.forecast("/api/me"), "401 the token is expired");
  assert.match(await page.locator("#time-left").textContent(), /^expired \d+ .* ago$/);
});

test("a call that is copied as curl works when pasted", async (playground) => {
  await playground.mint();
  await playground.button("Copy curl", "/api/private").click();
  await playground.page.waitForFunction(() => document.getElementById("status").textContent === "Copied.");
  const command = await playground.page.evaluate(() => navigator.clipboard.readText());
  const output = execFileSync("sh", ["-c", `${command} --silent --max-time 5`], { encoding: "utf8" });
  assert.match(output, /^HTTP\/1\.1 200/);
}, { permissions: ["clipboard-read", "clipboard-write"] });

test("everything works with only the keyboard", async (playground) => {
  const { page } = playground;
  const focused = () => page.evaluate(() => {
    const { id, value, ariaLabel, textContent } = document.activeElement;
    return id || ariaLabel || value || textContent.trim();
  });
  const tabTo = async (wanted) => {
    for (let step = 0; step < 60; step += 1) {
      if ((await focused()) === wanted) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not reach ${wanted}, but ${await focused()}`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the routes");
  await tabTo("subject");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("keyboard-user");
  await tabTo("read:messages");
  await page.keyboard.press("Space");
  await tabTo("Get a token");
  await page.keyboard.press("Enter");
  await page.getByText("keyboard-user").waitFor();
  await tabTo("Call: GET /api/private-scoped");
  await page.keyboard.press("Enter");
  await playground.reply("/api/private-scoped").locator("text=200 OK").waitFor();
  assert.equal(await focused(), "Call: GET /api/private-scoped");
  assert.match(await page.locator("#status").textContent(), /^GET \/api\/private-scoped with the token: 200 OK/);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Without token: GET /api/private-scoped");
  await page.keyboard.press("Space");
  await playground.reply("/api/private-scoped").locator("text=401 Unauthorized").waitFor();
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "routes-heading");
});

test("a screen reader gets a table, names and reasons", async (playground) => {
  await playground.mint();
  const table = playground.page.getByRole("table", { name: "Routes" });
  assert.equal(await table.getByRole("columnheader").count(), 3);
  assert.equal(await table.getByRole("rowheader").count(), PUBLIC.length + PROTECTED.length + UNCALLED.length);
  const call = playground.button("Call", "/api/private-scoped");
  const reason = await call.evaluate((button) =>
    document.getElementById(button.getAttribute("aria-describedby")).textContent);
  assert.equal(reason, "the token lacks read:messages");
});

for (const [name, options] of Object.entries({
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { colorScheme: "light", viewport: { width: 360, height: 740 } },
  "narrow-dark": { colorScheme: "dark", viewport: { width: 360, height: 740 } },
})) {
  test(`the page passes the accessibility checks: ${name}`, async (playground) => {
    const { page } = playground;
    await playground.mint({ scopes: ["example:scope"] });
    await playground.call("/api/private-scoped");
    await playground.call("/secured/private/ping");
    const { scroll, client } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scroll: scrollWidth, client: clientWidth };
    });
    assert.ok(scroll <= client, `it is ${scroll} wide on ${client}`);
    // By the debugger, which no Content-Security-Policy stops.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
    if (screenshots) {
      const folder = new URL("screenshots/", import.meta.url);
      mkdirSync(folder, { recursive: true });
      await page.mouse.move(0, 0);
      await page.screenshot({ path: new URL(`${name}.png`, folder).pathname, fullPage: true });
    }
  }, options);
}

test("a row forecasts every policy that the page can evaluate, and says when it cannot", async (playground) => {
  await playground.mint({ scopes: ["read:messages"] });
  const forecasts = {
    "/0": "200 the token suffices",
    "/1": "403 the token lacks a b or c",
    "/2": "403 the token lacks example:scope",
    "/3": "? only the API can tell",
    "/4": "200 the token suffices",
    "/5": "403 the token lacks admin",
    "/6": "? only the API can tell",
    "/7": "404 the token lacks x, y",
    "/8": "200 the token suffices",
    "/9": "? only the API can tell",
  };
  for (const [path, forecast] of Object.entries(forecasts)) {
    assert.equal(await playground.forecast(path), forecast, path);
  }
  await playground.page.getByLabel("Path of GET /users/<id>").fill("/api/me");
  assert.equal((await playground.call("/users/<id>")).status, "200 OK");
  // An undeclared route is none to play with.
  assert.equal(await playground.page.locator("#routes").getByText("/undeclared").count(), 0);
}, {
  prepare: (page) => page.route("**/playground/about.json", async (route) => {
    const about = await (await route.fetch()).json();
    const policies = [
      'requires_scope(any("x", all("read:messages")))',
      'requires_scope(any("a b", "c"))',
      'requires_scope("read:messages", "example:scope")',
      'requires_claim(sub = "<user_id>", not_found)',
      'requires_scope("x", report_only)',
      'requires_scope("read:messages") requires_role("admin")',
      "requires_auth(max_age = 300)",
      'requires_scope("x", "y", not_found)',
      'requires_scope("x", not_found, report_only)',
      'requires_scope(any("x", own_rule))',
    ];
    about.routes = policies.map((policy, index) => ({ method: "GET", uri: `/${index}`, handler: "app::x", policy }));
    about.routes.push({ method: "GET", uri: "/users/<id>", handler: "app::user", policy: "requires_auth" });
    about.routes.push({ method: "GET", uri: "/undeclared", handler: null, policy: null });
    await route.fulfill({ json: about });
  }),
});

const elsewhere = await pageElsewhere(api);
test("a page of another origin can read a token, a 200 and the code of a 401", async (playground) => {
  assert.notEqual(new URL(playground.page.url()).origin, api);
  const refused = await playground.call("/api/private");
  assert.equal(refused.status, "401 Unauthorized");
  assert.match(refused.explanation, /^authorization_header_missing: /);
  assert.equal(refused.challenge, "WWW-Authenticate: Bearer");
  await playground.mint();
  assert.equal((await playground.call("/api/private")).status, "200 OK");
  assert.match((await playground.call("/api/private-scoped")).explanation, /^Unauthorized: /);
}, { url: elsewhere, query: `?api=${api}` });

test("a page of another origin gets a token from the issuer itself", async (playground) => {
  const issuer = (await (await fetch(`${api}/playground/about.json`)).json()).local_issuer;
  // In a page without a Content-Security-Policy.
  const reply = await playground.page.evaluate(async ({ issuer, api }) => {
    const order = { grant_type: "client_credentials", audience: issuer.audience };
    const granted = await fetch(`${issuer.url}oauth/token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(order),
    });
    const token = (await granted.json()).access_token;
    const called = await fetch(`${api}/api/private`, { headers: { Authorization: `Bearer ${token}` } });
    const refused = await fetch(`${issuer.url}oauth/token`, { method: "POST", body: "grant_type=x" });
    return { status: called.status, refused: (await refused.json()).error };
  }, { issuer, api });
  assert.deepEqual(reply, { status: 200, refused: "unsupported_grant_type" });
  playground.problems = [];
}, { url: elsewhere, query: `?api=${api}`, bypassCSP: true });

for (const [name, library] of [["fetch.js", ""], ["jquery.js", jquery]]) {
  test(`docs/call-your-api/${name} calls from another origin`, async (playground) => {
    const { page } = playground;
    await playground.mint();
    const token = await page.locator("#token").inputValue();
    const call = (path, token) => page.evaluate(`${library};${snippet(name)};
      callApi(${JSON.stringify(api + path)}, ${JSON.stringify(token)}).then(
        (body) => body.message,
        ({ status, code, message }) => [status, code, message],
      )`);
    assert.match(await call("/api/private", token), /^Hello from a private endpoint!/);
    assert.deepEqual(await call("/api/private-scoped", token), [403, "Unauthorized", "You don't have access to this resource."]);
    assert.deepEqual(await call("/api/private", `${token}x`), [401, "invalid_header", "Unable to parse authentication token."]);
  }, { url: elsewhere, query: `?api=${api}` });
}

test("a link cannot make the page of the API call someone else", async (playground) => {
  await playground.page.locator("#status.shown").getByText("cannot be reached").waitFor();
  assert.ok(playground.problems.some((problem) => problem.includes("Content Security Policy")));
  assert.ok(!playground.problems.some((problem) => problem.startsWith("a request")));
  playground.problems = [];
}, { query: `?api=${elsewhere}`, ready: false });

const local = (await (await fetch(`${api}/playground/about.json`)).json()).local_issuer;
const configured = await seedApp({
  ROCKET_AUTH: `{issuer="${local.url}",audience="${local.audience}"}`,
});
test("with a configured issuer the page accepts a pasted token and issues none", async (playground) => {
  const { page } = playground;
  assert.equal(await page.getByRole("button", { name: "Get a token" }).count(), 0);
  const order = { subject: "x", scopes: [], lifetime: 60 };
  const post = (url) => fetch(`${url}/playground/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(order),
  });
  assert.equal((await post(configured)).status, 404);
  const { access_token: token } = await (await post(api)).json();
  await page.getByLabel("Paste an access token from your issuer").fill(`${token}\n`);
  assert.match(await playground.forecast("/api/private"), /^200/);
  assert.equal((await playground.call("/api/private")).status, "200 OK");
  assert.match((await playground.call("/api/private-scoped")).status, /^403/);
}, { url: configured });

let failed = 0;
for (const { name, run, options } of tests) {
  let playground;
  try {
    playground = await Playground.open(options);
    await run(playground);
    await playground.close();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    await playground?.context.close();
    console.log(`FAILED  ${name}\n${error.stack}`);
    if (playground?.problems.length) console.log(playground.problems);
  }
}
await browser.close();
stop();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
