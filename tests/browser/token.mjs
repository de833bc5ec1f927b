// The tab Token: making tokens, good ones and wrong ones, and taking them apart.

import assert from "node:assert/strict";
import { api, test } from "./driver.mjs";
import { seedApp } from "./apps.mjs";

const ticked = (page) => page.locator("#scopes :checked").evaluateAll((boxes) => boxes.map(({ value }) => value));

test("the scopes that a user has are ticked at once, and all for somebody else", async (console) => {
  const { page } = console;
  await console.tab("Token");
  const is = (count) => page.waitForFunction((count) => document.querySelectorAll("#scopes :checked").length === count, count);
  const all = await page.locator("#scopes input").count();
  assert.ok(all >= 3);
  await is(all);
  await page.locator("#user").selectOption("cleo");
  await is(0);
  await page.locator("#user").selectOption("");
  await is(all);
  await page.locator("#user").selectOption("ben");
  await page.waitForFunction(() => !document.querySelector('#scopes [value="example:scope"]').checked);
  assert.ok((await ticked(page)).includes("read:messages"));
  await page.getByRole("button", { name: "Get this token" }).click();
  await page.getByText("The API accepts this token.").waitFor();
  assert.match(await page.locator(".claims").first().innerText(), /scope\s+what the client may do\s+read:messages/);
});

test("a token is shown in parts, with the meaning of its claims and its times", async (console) => {
  const { page } = console;
  await console.mint({ user: "", lifetime: "300", claims: '{"org_id":"acme","auth_time":1700000000}' });
  const parts = await page.locator(".parts").textContent();
  assert.match(parts, /^ey[\w-]+\.ey[\w-]+\.[\w-]+$/);
  for (const part of ["header", "payload", "signature"]) {
    assert.equal(await page.locator(`.part-${part}`).count(), 1);
  }
  const claims = await page.locator(".claims").first().innerText();
  assert.match(claims, /sub\s+who it is about\s+local-user/);
  assert.match(claims, /aud\s+which API it is for\s+https:\/\/api\.example\.com/);
  assert.match(claims, /org_id\s+the organisation\s+acme/);
  assert.match(claims, /auth_time\s+when the user logged in\s+1700000000\s+\S+/);
  assert.match(await page.locator(".claims").last().innerText(), /alg\s+how it is signed\s+RS256/);
  assert.match(await page.locator(".timeline").innerText(), /valid for (5 min|4 min \d+ s)/);
  assert.match(await page.locator(".timeline svg").getAttribute("aria-label"), /^issued \d+ s ago, expires in (5 min|4 min)/);
  assert.match(await page.locator("#left").innerText(), /^valid for /);
});

const DEFECTS = {
  expired: ["token_expired", /the token expired/, /expired 1 h ago/],
  not_yet_valid: ["invalid_claims", /not valid/, /valid in (1 h|59 min)/],
  other_audience: ["invalid_claims", /the configured audience is "https:\/\/api\.example\.com"/],
  other_issuer: ["invalid_claims", /the configured issuer is/],
  other_key: ["invalid_header", /the signature does not verify/],
  unknown_key: ["invalid_header", /the known keys are/],
  tampered: ["invalid_header", /the signature does not verify/],
  algorithm_none: ["invalid_header", /algorithm/],
};
for (const [defect, [code, log, time]] of Object.entries(DEFECTS)) {
  test(`a token that is wrong on purpose is refused, and the page says why: ${defect}`, async (console) => {
    await console.mint({ defect });
    const outcome = await console.page.locator(".outcome").innerText();
    assert.match(outcome, new RegExp(`401\\s+${code}:`));
    assert.match(outcome, log);
    if (time) assert.match(await console.page.locator(".timeline").innerText(), time);
    await console.tab("Who may call what");
    assert.equal(await console.status("Your token", "GET /api/me"), "401");
    assert.equal(await console.status("Your token", "GET /ping"), "200");
    await console.choose("GET /api/me");
    const reply = await console.send();
    assert.match(reply, /401 Unauthorized/);
    assert.match(reply, /As the policy says/);
    assert.match(reply, new RegExp(`"code": "${code}"`));
  });
}

test("claims can be added, changed and removed", async (console) => {
  const { page } = console;
  await console.mint({ user: "", claims: '{"sub":"someone","roles":["admin"],"client_id":null}' });
  const claims = await page.locator(".claims").first().innerText();
  assert.match(claims, /sub\s+who it is about\s+someone/);
  assert.match(claims, /roles\s+the roles of the user\s+\["admin"\]/);
  assert.ok(!claims.includes("client_id"));
  await page.locator("#claims").fill("");
  await page.getByRole("button", { name: "Take those of the token" }).click();
  await page.waitForFunction(() => document.getElementById("claims").value.includes("admin"));
  assert.deepEqual(JSON.parse(await page.locator("#claims").inputValue()), { roles: ["admin"] });
  for (const wrong of ["{", "[]", "1"]) {
    await page.locator("#claims").fill(wrong);
    await page.getByRole("button", { name: "Get this token" }).click();
    await page.locator("#status.shown").getByText("The claims are not JSON").waitFor();
    assert.equal(await page.locator("#claims").getAttribute("aria-invalid"), "true");
  }
});

test("a claim may have the name of a property of every object", async (console) => {
  const { page } = console;
  const names = ["constructor", "toString", "hasOwnProperty", "https://api.test/valueOf", "__proto__"];
  const claims = `{${names.map((name) => `"${name}": "x"`).join(", ")}}`;
  await console.mint({ user: "", claims });
  const rows = await page.locator(".claims").first().locator("tbody tr").allInnerTexts();
  const shown = rows.map((row) => row.split(/\s+/).filter(Boolean));
  for (const name of names) {
    assert.deepEqual(shown.find(([claim]) => claim === name), [name, "x"]);
  }
});

test("a token that is pasted is judged by the API", async (console) => {
  const { page } = console;
  await console.mint({ user: "ben" });
  const raw = await page.locator(".parts").textContent();
  await console.paste(`Bearer ${raw}\n`);
  assert.match(await page.locator(".outcome").innerText(), /The API accepts this token\./);
  for (const text of ["a.b", "a.b.c", "bm8.bm8.bm8", "opaque", `${raw}x`]) {
    await console.paste(text);
    assert.match(await page.locator(".outcome").innerText(), /401\s+invalid_header:/, text);
  }
  await console.tab("Who may call what");
  assert.equal(await console.status("Your token", "GET /api/me"), "401");
});

test("the page notices when a token expires while it is open", async (console) => {
  const { page } = console;
  await page.clock.install();
  await page.reload();
  await console.isReady();
  await console.mint({ lifetime: "15" });
  assert.match(await page.locator("#left").innerText(), /^valid for 1\d s$/);
  await page.clock.fastForward(3_700_000);
  await page.clock.runFor(1_100);
  assert.match(await page.locator("#left").innerText(), /^expired 1 h 1 min ago$/);
  assert.match(await page.locator(".timeline").innerText(), /expired 1 h 1 min ago/);
});

const [local] = (await (await fetch(`${api}/_auth/overview`)).json()).issuers;
const configured = await seedApp({ ROCKET_PROFILE: "debug", ROCKET_AUTH: `{issuer="${local}",audience="https://api.example.com"}` });

test("with the issuer of a provider the page shows what a pasted token may call", async (console) => {
  const { page } = console;
  assert.deepEqual(await page.locator("thead .caller-name").allTextContents(), ["Anonymous"]);
  assert.match(await page.locator("#grid .note").innerText(), new RegExp(`Tokens come from ${local}`));
  await page.getByRole("button", { name: "Paste one" }).click();
  assert.equal(await page.getByRole("button", { name: "Get this token" }).count(), 0);
  const token = await fetch(`${local}oauth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", audience: "https://api.example.com", scope: "read:messages" }),
  });
  await console.paste((await token.json()).access_token);
  assert.match(await page.locator(".outcome").innerText(), /accepts/);
  await console.tab("Who may call what");
  assert.equal(await console.status("Your token", "GET /api/private-scoped"), "200");
  assert.equal(await console.status("Your token", "GET /secured/private/ping"), "403");
  await console.runAll();
  assert.equal(await console.mark("Your token", "GET /secured/private/ping"), "confirmed");
}, { url: configured });
