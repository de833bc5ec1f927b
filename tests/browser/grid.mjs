// The grid: what it says, whether the routes agree, and what can be kept of it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "./driver.mjs";

const renews = process.argv.includes("--renew");

const CALLERS = ["Anonymous", "Ann", "Ben", "Cleo"];

const EXPECTED = {
  "GET /ping": ["200", "200", "200", "200"],
  "GET /api/public": ["200", "200", "200", "200"],
  "GET /health": ["200", "200", "200", "200"],
  "GET /api/me": ["401", "200", "200", "200"],
  "GET /api/events": ["401", "200", "200", "200"],
  "GET /secured/ping": ["401", "200", "200", "200"],
  "GET /api/private-scoped": ["401", "200", "200", "403"],
  "GET /secured/private/ping": ["401", "200", "403", "403"],
  "POST /admin/revocations": ["401", "200", "403", "403"],
};

test("the grid says what each route answers to each caller", async (console) => {
  for (const [route, statuses] of Object.entries(EXPECTED)) {
    for (const [index, caller] of CALLERS.entries()) {
      assert.equal(await console.status(caller, route), statuses[index], `${caller}, ${route}`);
      assert.equal(await console.mark(caller, route), "none");
    }
  }
  assert.match(await console.page.locator("#grid-summary").textContent(), /^\d+ routes, \d+ of them public$/);
});

test("Run all confirms every GET by a real call, and calls nothing else", async (console) => {
  console.requests.length = 0;
  await console.runAll();
  const marks = await console.page.locator("td .cell").evaluateAll((cells) =>
    cells.map((cell) => [cell.getAttribute("aria-label"), cell.dataset.mark]));
  for (const [label, mark] of marks) {
    assert.equal(mark, /, GET /.test(label) ? "confirmed" : "none", label);
  }
  const others = console.requests.filter((request) => !request.startsWith("GET ") && !request.includes("/_auth/"));
  assert.deepEqual(others, []);
  assert.match(await console.page.locator("#grid-summary").textContent(), /(\d+) of \1 calls as expected$/);
});

test("a cell opens the reason, the call and the reply", async (console) => {
  const cell = console.cell("Cleo", "GET /api/private-scoped");
  await cell.click();
  assert.equal(await cell.getAttribute("aria-expanded"), "true");
  const detail = console.page.locator(".detail");
  assert.match(await detail.innerText(), /Cleo: lacks read:messages\./);
  assert.match(await detail.innerText(), /WWW-Authenticate: Bearer error="insufficient_scope", scope="read:messages"/);
  assert.match(await detail.innerText(), /the token does not meet requires_scope\("read:messages"\)/);
  await detail.getByRole("button", { name: "Call it" }).click();
  await detail.getByText("403 Forbidden").waitFor();
  const text = await detail.innerText();
  assert.match(text, /As the policy says\./);
  assert.match(text, /Get one with the scope read:messages\./);
  assert.match(text, /"code": "Unauthorized"/);
  assert.equal(text.match(/insufficient_scope/g).length, 1, text);
  assert.equal(await console.mark("Cleo", "GET /api/private-scoped"), "confirmed");
  await cell.click();
  assert.equal(await detail.count(), 0);
});

test("a call that is not a GET is sent one by one, on request", async (console) => {
  await console.cell("Ann", "POST /admin/revocations").click();
  const detail = console.page.locator(".detail");
  await detail.getByRole("button", { name: "Call it" }).click();
  await detail.locator(".reply").waitFor();
  // Nothing is revoked in this app. The policy lets the caller through, which is all that counts.
  assert.match(await detail.innerText(), /404 Not Found/);
  assert.equal(await console.mark("Ann", "POST /admin/revocations"), "confirmed");
  assert.ok(console.requests.includes("POST /admin/revocations"));
  await detail.getByRole("button", { name: "Edit the call" }).click();
  assert.equal(await console.page.locator("#route option:checked").textContent(), "POST /admin/revocations");
  assert.match(await console.page.locator("#caller option:checked").textContent(), /^Ann/);
});

test("a reply that the policy does not explain stands out", async (console) => {
  await console.page.route("**/api/me", (route) => route.fulfill({ status: 403, body: "no" }));
  await console.page.route("**/ping", (route) => route.abort());
  await console.runAll();
  assert.equal(await console.mark("Ann", "GET /api/me"), "surprise");
  assert.equal(await console.mark("Anonymous", "GET /api/me"), "surprise");
  assert.equal(await console.mark("Ann", "GET /ping"), "none");
  assert.match(await console.cell("Ann", "GET /api/me").innerText(), /200\s+≠ 403/);
  console.problems = console.problems.filter((problem) => !problem.includes("ERR_FAILED"));
});

test("a page that knows other routes than the API asks to be loaded again", async (console) => {
  const { page } = console;
  await page.route("**/_auth/verdicts", async (route) => {
    const answer = await (await route.fetch()).json();
    answer.fingerprint = "of the routes after a restart";
    await route.fulfill({ json: answer });
  });
  await console.choose("GET /api/me");
  await page.locator("#status.shown").getByText("the API has other routes or policies now, reload this page").waitFor();
});

test("a verdict that depends on the request says on what", async (console) => {
  assert.equal(await console.status("Ann", "GET /users/<id>"), "?");
  await console.cell("Ann", "GET /users/<id>").click();
  assert.match(await console.page.locator(".detail").innerText(), /only with sub equal to <id>, otherwise 403/);
}, {
  prepare: async (page) => {
    await page.route("**/_auth/overview", async (route) => {
      const about = await (await route.fetch()).json();
      about.routes.push({ method: "GET", uri: "/users/<id>", format: null, policy: 'requires_claim(sub = "<id>")', is_public: false, scopes: [] });
      await route.fulfill({ json: about });
    });
    await page.route("**/_auth/verdicts", async (route) => {
      const answer = await (await route.fetch()).json();
      answer.verdicts.push({ status: null, reason: "only with `sub` equal to `<id>`, otherwise 403", refusal: null, log: [] });
      await route.fulfill({ json: answer });
    });
  },
});

async function saved(console, button) {
  const download = console.page.waitForEvent("download");
  await console.page.getByRole("button", { name: button }).click();
  return readFileSync(await (await download).path(), "utf8");
}

for (const colorScheme of ["light", "dark"]) {
  test(`the grid is saved as a picture that needs nothing else: ${colorScheme}`, async (console) => {
    await console.runAll();
    const svg = await saved(console, "Save SVG");
    const page = await console.context.newPage();
    const parsed = await page.evaluate((svg) => {
      const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
      const names = [...root.querySelectorAll("*")].map((element) => element.localName);
      return { name: root.localName, names: [...new Set(names)].sort(), text: root.textContent };
    }, svg);
    assert.equal(parsed.name, "svg");
    assert.deepEqual(parsed.names, ["circle", "line", "rect", "style", "text", "title"]);
    for (const text of [...CALLERS, "/api/private-scoped", 'requires_scope("read:messages")', "403"]) {
      assert.ok(parsed.text.includes(text), text);
    }
    assert.ok(!/href|url\(|@import/.test(svg));
    assert.ok(svg.length < 20_000, `${svg.length} bytes`);
    if (renews) writeFileSync(new URL(`../../docs/grid-${colorScheme}.svg`, import.meta.url), svg);
    await page.close();
  }, { colorScheme, acceptDownloads: true });
}

test("the grid is saved and copied as a table in Markdown", async (console) => {
  const markdown = await saved(console, "Save Markdown");
  const [head, line, ...rows] = markdown.trimEnd().split("\n");
  assert.equal(head, "| route | policy | Anonymous | Ann | Ben | Cleo |");
  assert.equal(line, "| --- | --- | :-: | :-: | :-: | :-: |");
  assert.ok(rows.includes('| `GET /api/private-scoped` | `requires_scope("read:messages")` | 401 | 200 | 200 | 403 |'), markdown);
  await console.page.getByRole("button", { name: "Copy Markdown" }).click();
  await console.page.locator("#status").getByText("Markdown copied.").waitFor();
  assert.equal(await console.page.evaluate(() => navigator.clipboard.readText()), markdown);
}, { acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });

test("text of routes, users, tokens and replies never becomes HTML", async (console) => {
  const { page } = console;
  const attack = "<img src=x onerror=alert(1)>";
  await console.cell("Ann", "GET /api/me").click();
  await page.locator(".detail .primary").click();
  await page.locator(".detail .body").getByText(attack).waitFor();
  await console.paste(`${encode({ alg: attack })}.${encode({ [attack]: attack, exp: 9e9 })}.${attack}`);
  await page.locator("#claims-unused, .claims").first().getByText(attack).first().waitFor();
  assert.equal(await page.locator("img:not(header img)").count(), 0);
  assert.equal(await page.locator("script:not(head script)").count(), 0);
  const blocked = await page.evaluate(() => {
    try {
      document.body.innerHTML = "<b></b>";
      return false;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(blocked, "TypeError");
  console.problems = console.problems.filter((problem) => !problem.includes("TrustedHTML"));
}, {
  prepare: async (page) => {
    const attack = "<img src=x onerror=alert(1)>";
    await page.route("**/_auth/overview", async (route) => {
      const about = await (await route.fetch()).json();
      about.users[0].name = `Ann (${attack})`;
      about.routes[0].policy = attack;
      about.others.push({ method: "GET", uri: attack, policy: attack });
      await route.fulfill({ json: about });
    });
    await page.route("**/api/me", (route) => route.fulfill({ contentType: "text/html", headers: { "X-Attack": attack }, body: attack }));
  },
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
