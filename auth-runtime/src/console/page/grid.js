// The grid: who may call what. The server judges, and "Run all" asks the routes themselves.

import { callers, hue, initials } from "./caller.js";
import { add, copy, download, h, prose, say } from "./dom.js";
import { markdown, svg } from "./picture.js";
import { badge, isAsExpected, kind, logView, replyView, send } from "./reply.js";
import { addressOf } from "./route.js";
import { verdicts } from "./server.js";

const AT_ONCE = 4;

export function gridView(section, about, openCall, openTab) {
  const grid = new Grid(about, openCall);
  add(section, [
    h("div", { class: "bar" },
      h("div", {},
        h("h2", {}, "Who may call what"),
        h("p", { class: "quiet", id: "grid-summary" }, "")),
      h("div", { class: "actions" },
        h("button", { class: "primary", id: "run-all", click: () => grid.runAll() }, "Run all"),
        h("button", { click: () => grid.save("svg") }, "Save SVG"),
        h("button", { click: () => grid.save("md") }, "Save Markdown"),
        h("button", { click: () => copy(markdown(grid), "Markdown") }, "Copy Markdown"))),
    about.routes.length > 12 && h("div", { class: "filter" },
      h("label", { for: "filter" }, "Filter"),
      h("input", { id: "filter", type: "search", autocomplete: "off", input: ({ target }) => grid.filter(target.value) })),
    grid.table,
    h("ul", { class: "legend", "aria-label": "Legend" },
      ...[["allowed", "200", "may call"], ["unauthenticated", "401", "no valid token"], ["forbidden", "403", "not enough"], ["depends", "?", "depends on the request"]]
        .map(([kind, text, words]) => h("li", {}, h("span", { class: "badge", "data-kind": kind }, text), " ", words)),
      h("li", {}, h("span", { class: "tick" }, "✓"), " confirmed by a call")),
    about.others.length > 0 && h("details", { class: "others" },
      h("summary", {}, `${about.others.length} more, mounted by libraries or without a policy`),
      h("ul", {}, ...about.others.map(({ method, uri, policy }) => h("li", {}, h("code", {}, `${method} ${uri}`), " ", policy)))),
    !about.has_local_issuer && h("p", { class: "note" },
      "Tokens come from ", ...about.issuers.flatMap((issuer, index) => [index > 0 && ", ", h("code", {}, issuer)]),
      ". ", h("button", { class: "link", click: () => openTab("token") }, "Paste one"), " to see what it may call."),
  ]);
  return grid;
}

class Grid {
  /** What the server says, by caller. */
  answers = new Map();
  /** The replies of real calls, by caller and route. */
  #replies = new Map();
  #cells = new Map();
  #open = null;
  #needle = "";

  constructor(about, openCall) {
    this.routes = about.routes;
    this.openCall = openCall;
    this.table = h("table", { class: "grid-table" });
    let token;
    callers.addEventListener("change", () => {
      const next = callers.all.find(({ kind }) => kind === "token");
      if (next === token) return this.#mark();
      token = next;
      this.refresh();
    });
    callers.addEventListener("expiry", () => {
      this.answers.delete(token);
      this.#replies.delete(token);
      this.refresh();
    });
    this.refresh();
  }

  get callers() {
    return callers.all.filter((caller) => this.answers.has(caller));
  }

  verdict(caller, index) {
    return this.answers.get(caller)?.verdicts[index];
  }

  reply(caller, index) {
    return this.#replies.get(caller)?.get(index);
  }

  /** Asks about the callers that are new. */
  async refresh() {
    const asked = callers.all.filter((caller) => !this.answers.has(caller));
    await Promise.all(asked.map(async (caller) => this.answers.set(caller, await verdicts(caller))))
      .catch((error) => say(`The grid is not complete: ${error.message}.`, true));
    for (const caller of this.answers.keys()) {
      if (!callers.all.includes(caller)) this.answers.delete(caller);
    }
    this.#draw();
  }

  #draw() {
    this.#cells.clear();
    this.#open = null;
    this.table.replaceChildren(
      h("caption", { class: "hidden" }, "Routes and callers: what each route answers"),
      h("thead", {}, h("tr", {},
        h("th", { scope: "col", class: "corner" }, h("span", { class: "hidden" }, "Route")),
        ...this.callers.map((caller) => h("th", { scope: "col", "data-caller": caller.key },
          h("span", { class: "circle", "data-hue": hue(caller), "aria-hidden": "true" }, initials(caller)),
          h("span", { class: "caller-name" }, caller.name),
          caller.note && h("span", { class: "caller-note" }, caller.note))))),
      h("tbody", {}, ...this.routes.map((route, index) => this.#row(route, index))));
    this.#mark();
    this.#summarise();
    this.filter(this.#needle);
  }

  #row(route, index) {
    const cells = this.callers.map((caller) => {
      const button = h("button", { class: "cell", "aria-expanded": "false", click: () => this.toggle(index, caller) });
      this.#cells.set(`${caller.key} ${index}`, button);
      this.#fill(button, caller, index);
      return h("td", { "data-caller": caller.key }, button);
    });
    return h("tr", { "data-route": index },
      h("th", { scope: "row" },
        h("span", { class: "route" }, h("span", { class: "method", "data-method": route.method }, route.method), " ", h("span", { class: "path" }, route.uri)),
        h("span", { class: "policy" }, route.policy)),
      ...cells);
  }

  #fill(button, caller, index) {
    const verdict = this.verdict(caller, index);
    const reply = this.reply(caller, index);
    const isExpected = reply && isAsExpected(reply, verdict);
    const status = verdict.status ?? "?";
    const mark = isExpected === undefined ? (reply ? String(reply.status) : "") : isExpected ? "✓" : `≠ ${reply.status || "—"}`;
    button.dataset.kind = kind(verdict.status);
    button.dataset.mark = isExpected === undefined ? "none" : isExpected ? "confirmed" : "surprise";
    const words = isExpected === undefined ? "" : isExpected ? ", confirmed" : `, but the call got ${reply.status || "no reply"}`;
    const { method, uri } = this.routes[index];
    button.setAttribute("aria-label", `${caller.name}, ${method} ${uri}: ${verdict.status ?? "depends"}${words}, ${verdict.reason.replaceAll("`", "")}`);
    button.title = verdict.reason.replaceAll("`", "");
    button.replaceChildren(h("span", { class: "cell-status" }, String(status)), h("span", { class: "cell-mark" }, mark));
  }

  #mark() {
    for (const cell of this.table.querySelectorAll("[data-caller]")) {
      cell.classList.toggle("current", cell.dataset.caller === callers.current.key);
    }
  }

  #summarise() {
    const open = this.routes.filter((route) => route.is_public).length;
    const summary = document.getElementById("grid-summary");
    const ran = [...this.#replies].filter(([caller]) => this.answers.has(caller))
      .flatMap(([caller, replies]) => [...replies].map(([index, reply]) => isAsExpected(reply, this.verdict(caller, index))));
    const calls = ran.length ? `, ${ran.filter((is) => is !== false).length} of ${ran.length} calls as expected` : "";
    const text = `${this.routes.length} routes, ${open} of them public${calls}`;
    if (summary) summary.textContent = text;
  }

  filter(needle) {
    this.#needle = needle;
    const wanted = needle.trim().toLowerCase();
    for (const row of this.table.querySelectorAll("tr[data-route]")) {
      const { method, uri, policy } = this.routes[row.dataset.route];
      row.hidden = !`${method} ${uri} ${policy}`.toLowerCase().includes(wanted);
    }
  }

  /** Opens the details of a cell below its row, or closes them. */
  toggle(index, caller) {
    const button = this.#cells.get(`${caller.key} ${index}`);
    const wasOpen = this.#open?.button === button;
    this.#open?.row.remove();
    this.#open?.button.setAttribute("aria-expanded", "false");
    this.#open = null;
    if (wasOpen) return;
    const cell = h("td", { colspan: this.callers.length + 1 });
    const row = h("tr", { class: "detail" }, cell);
    button.closest("tr").after(row);
    button.setAttribute("aria-expanded", "true");
    this.#open = { button, row, cell, caller, index };
    this.#detail();
  }

  #detail() {
    if (!this.#open) return;
    const { cell, caller, index } = this.#open;
    const route = this.routes[index];
    const verdict = this.verdict(caller, index);
    const reply = this.reply(caller, index);
    const title = `${route.method} ${addressOf(route).pathname}`;
    const again = reply ? "Call again" : "Call it";
    const isShown = reply?.body !== undefined || reply?.problem;
    cell.replaceChildren(
      h("div", { class: "detail-head" },
        h("p", {}, badge(verdict.status, String(verdict.status ?? "depends")), " ", h("strong", {}, caller.name), ": ", prose(verdict.reason), "."),
        h("div", { class: "actions" },
          h("button", { class: "primary", click: () => this.#callOne(caller, index) }, again),
          h("button", { click: () => this.openCall(index, caller) }, "Edit the call"))),
      ...[!isShown && (verdict.refusal || verdict.log.length > 0) && refusalView(verdict),
        isShown && replyView(reply, { title, verdict, isReasonKnown: true })].filter(Boolean));
  }

  async #callOne(caller, index) {
    const reply = await this.#send(caller, index, {});
    this.#note(caller, index, reply);
    this.#detail();
    this.#cells.get(`${caller.key} ${index}`)?.closest("tr").nextElementSibling?.querySelector(".primary")?.focus();
    say(`${caller.name}: ${reply.status || "no reply"}.`);
  }

  async #send(caller, index, options) {
    const token = await callers.token(caller);
    const { method } = this.routes[index];
    const reply = await send({ method, url: addressOf(this.routes[index]), token: token?.raw }, options);
    if (reply.status === 401) callers.forget(caller);
    return reply;
  }

  #note(caller, index, reply) {
    if (!this.answers.has(caller)) return;
    if (!this.#replies.has(caller)) this.#replies.set(caller, new Map());
    this.#replies.get(caller).set(index, reply);
    const button = this.#cells.get(`${caller.key} ${index}`);
    if (button) this.#fill(button, caller, index);
    this.#summarise();
  }

  /** Calls every GET route as every caller. The bodies of the replies are not read. */
  async runAll() {
    const button = document.getElementById("run-all");
    button.disabled = true;
    const calls = this.routes.flatMap((route, index) =>
      (route.method === "GET" ? this.callers.map((caller) => [caller, index]) : []));
    let done = 0;
    const work = async () => {
      for (let call = calls.shift(); call; call = calls.shift()) {
        this.#note(...call, await this.#send(...call, { onlyHead: true }));
        done += 1;
        button.textContent = `${done} calls`;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work)).catch((error) => say(`Stopped: ${error.message}.`, true));
    button.disabled = false;
    button.textContent = "Run all";
    this.#detail();
    say(document.getElementById("grid-summary").textContent);
  }

  save(kind) {
    if (kind === "md") return download("who-may-call-what.md", "text/markdown", markdown(this));
    const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    download("who-may-call-what.svg", "image/svg+xml", svg(this, scheme));
  }
}

/** The reply that a refusal would be. */
function refusalView({ refusal, log }) {
  return h("div", { class: "reply" },
    refusal && h("pre", { class: "body", tabindex: "0", "aria-label": "The reply would be" },
      refusal.challenge ? `WWW-Authenticate: ${refusal.challenge}\n\n` : "",
      JSON.stringify({ code: refusal.code, description: refusal.description }, null, 2)),
    logView(log));
}
