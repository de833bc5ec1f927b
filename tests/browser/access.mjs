// The page for everyone: by keyboard, by screen reader, in light and dark, on a phone.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { test } from "./driver.mjs";

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const keepsScreenshots = process.argv.includes("--screenshots");

test("everything works with only the keyboard", async (console) => {
  const { page } = console;
  const focused = () => page.evaluate(() => {
    const { id, ariaLabel, textContent } = document.activeElement;
    return id || ariaLabel || textContent.trim();
  });
  const tabTo = async (wanted) => {
    for (let step = 0; step < 120; step += 1) {
      if ((await focused()).startsWith(wanted)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not reach ${wanted}, but ${await focused()}`);
  };
  await page.locator("body").focus();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await tabTo("tab-grid");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-call");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "tab-token");
  await tabTo("user");
  await page.keyboard.press("End");
  await tabTo("subject");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("keyboard-user");
  await tabTo("mint");
  await page.keyboard.press("Enter");
  await page.locator(".claims").getByText("keyboard-user").waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.locator("#tab-token").focus();
  await page.keyboard.press("ArrowRight");
  await tabTo("Ben, GET /secured/private/ping");
  await page.keyboard.press("Enter");
  await tabTo("Call it");
  await page.keyboard.press("Space");
  await page.locator(".detail").getByText("403 Forbidden").waitFor();
  await page.waitForFunction(() => document.activeElement.textContent === "Call again");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "tab-call");
  await tabTo("send");
  await page.keyboard.press("Enter");
  await page.locator("#reply").getByText("403 Forbidden").waitFor();
});

test("a screen reader gets a table, and each cell has its caller, route and reason", async (console) => {
  const { page } = console;
  const table = page.getByRole("table", { name: "Routes and callers" });
  assert.equal(await table.getByRole("columnheader").count(), 5);
  assert.ok((await table.getByRole("rowheader").count()) >= 10);
  const name = await console.cell("Cleo", "GET /api/private-scoped").getAttribute("aria-label");
  assert.equal(name, "Cleo, GET /api/private-scoped: 403, lacks read:messages");
  await console.runAll();
  assert.match(await page.locator("#status").textContent(), /calls as expected$/);
});

const PHONE = { viewport: { width: 390, height: 844 } };
for (const [name, options] of Object.entries({
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", ...PHONE },
  "phone-dark": { colorScheme: "dark", ...PHONE },
})) {
  test(`every view passes the accessibility checks: ${name}`, async (console) => {
    const { page } = console;
    // By the debugger, which no Content-Security-Policy stops.
    await page.evaluate(axe);
    const check = async (view) => {
      await page.mouse.move(0, 0);
      const { scroll, client } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scroll: scrollWidth, client: clientWidth };
      });
      assert.ok(scroll <= client, `${view} is ${scroll} wide on ${client}`);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), [], view);
      if (keepsScreenshots) {
        const folder = new URL("screenshots/", import.meta.url);
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: new URL(`${name}-${view}.png`, folder).pathname, fullPage: true });
      }
    };
    await console.runAll();
    await check("grid");
    await console.cell("Ben", "GET /secured/private/ping").click();
    await page.locator(".detail .primary").click();
    await page.locator(".detail .headers").waitFor();
    await check("detail");
    await console.mint({ user: "ben", defect: "other_audience" });
    await check("refused-token");
    await console.mint({ user: "ben" });
    await check("token");
    await page.locator("#edit").click();
    await check("edit");
    await console.choose("GET /secured/private/ping");
    await console.send();
    await check("call");
    await console.callAs("Ann");
    await page.locator("#reply .stale").waitFor();
    await check("stale");
  }, options);
}
