// The console as its users see it, and the list of tests.

import { chromium } from "playwright-core";
import { seedApp } from "./apps.mjs";

export const api = await seedApp();

export const browser = await chromium.launch({
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

export const tests = [];
export const test = (name, run, options) => tests.push({ name, run, options });

/** A token with an unknown key waits for a fetch of the keys each time that it is judged. */
const FETCHES = 20_000;

/** A page. `problems` lists what it must never do; a test with a problem fails. */
export class Console {
  static async open({ url = api, path = "/", isConsole = true, prepare, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    const opened = Object.assign(new Console(), { page, context, problems: [], requests: [] });
    page.on("pageerror", (error) => opened.problems.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      // Chromium reports each reply of 400 and above.
      const isRefusal = /status of [45]0[0-9]/.test(text);
      if (message.type() === "error" && !isRefusal) opened.problems.push(text);
    });
    page.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      opened.requests.push(`${request.method()} ${pathname}`);
      if (![api, url].includes(origin)) opened.problems.push(`a request to ${origin}`);
    });
    await prepare?.(page);
    await page.goto(`${url}${path}`);
    if (isConsole) await opened.isReady();
    return opened;
  }

  async isReady() {
    await this.page.locator("body[data-ready]").waitFor();
    await this.page.locator("td .cell").first().waitFor();
  }

  /** A cell of the grid, by the caller's name and the route. */
  cell(caller, route) {
    return this.page.getByRole("button", { name: new RegExp(`^${caller}, ${route.replace(/[/<>.?]/g, "\\$&")}: `) });
  }

  async status(caller, route) {
    return this.cell(caller, route).locator(".cell-status").textContent();
  }

  async mark(caller, route) {
    return this.cell(caller, route).getAttribute("data-mark");
  }

  async runAll() {
    await this.page.getByRole("button", { name: "Run all" }).click();
    await this.page.waitForFunction(() => document.getElementById("run-all").textContent === "Run all"
      && /calls as expected/.test(document.getElementById("grid-summary").textContent));
  }

  tab(name) {
    return this.page.getByRole("tab", { name, exact: true }).click();
  }

  async callAs(name) {
    const select = this.page.getByLabel("Calling as", { exact: true });
    const option = select.locator("option").filter({ hasText: new RegExp(`^${name}`) });
    await select.selectOption(await option.getAttribute("value"));
  }

  /** Makes a token in the tab Token. */
  async mint({ user = "ann", scopes, defect = "", lifetime = "3600", claims = "" } = {}) {
    const { page } = this;
    await this.tab("Token");
    await page.locator("#user").selectOption(user);
    if (scopes) {
      for (const box of await page.locator("#scopes input").all()) {
        await box.setChecked(scopes.includes(await box.inputValue()));
      }
    }
    await page.locator("#lifetime").selectOption(lifetime);
    await page.locator("#defect").selectOption(defect);
    await page.locator("#claims").fill(claims);
    const isMinted = page.waitForResponse((reply) => reply.url().endsWith("/_auth/token"));
    await page.getByRole("button", { name: "Get this token" }).click();
    await isMinted;
    await page.getByLabel("Calling as", { exact: true }).locator("option", { hasText: "Your token" }).waitFor({ state: "attached" });
    await page.locator(".outcome .as-expected, .outcome .surprise").waitFor({ timeout: FETCHES });
  }

  async paste(text) {
    const { page } = this;
    await this.tab("Token");
    await page.locator("#edit").click();
    const isJudged = page.waitForResponse((reply) => reply.url().endsWith("/_auth/verdicts"));
    await page.locator("#raw").fill(text);
    await isJudged;
    await page.locator("#edit").click();
    await page.locator(".outcome .as-expected, .outcome .surprise").waitFor();
  }

  async choose(route) {
    await this.tab("Call");
    await this.page.locator("#route").selectOption({ label: route });
  }

  /** Sends the call of the tab Call, and returns what is shown of the reply. */
  async send() {
    const { page } = this;
    const before = await page.locator("#reply").elementHandle();
    await before.evaluate((reply) => reply.replaceChildren());
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("#reply .reply-title").waitFor({ timeout: FETCHES });
    return page.locator("#reply").innerText();
  }

  /** Ends the test. Replies that were replaced are real ones from here on, so problems no longer count. */
  async close() {
    await this.page.unrouteAll({ behavior: "ignoreErrors" });
    await this.context.close();
  }
}
