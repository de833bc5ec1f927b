// The token of the caller, taken apart: its parts, whether the API accepts it, its times, its claims.

import { callers } from "./caller.js";
import { isTime, meaning, shown } from "./claims.js";
import { byId, copy, h, s, say } from "./dom.js";
import { editor } from "./editor.js";
import { badge, logView } from "./reply.js";
import { verdicts } from "./server.js";
import { duration, moment, now, validity } from "./time.js";

export function tokenView(section, about) {
  const view = new TokenView(about);
  section.classList.toggle("has-editor", about.has_local_issuer);
  if (about.has_local_issuer) section.append(editor(about));
  section.append(view.element);
}

class TokenView {
  #token = null;

  constructor({ has_local_issuer }) {
    this.parts = h("p", { class: "parts", tabindex: "0", role: "group", "aria-label": "The token: header, payload and signature" });
    this.text = h("textarea", { id: "raw", rows: "6", spellcheck: "false", autocomplete: "off", autocapitalize: "off", input: () => this.#edited() });
    this.edit = h("button", { type: "button", id: "edit", click: () => this.#toggle() }, "Paste or edit");
    this.editing = h("div", { class: "field", hidden: true }, h("label", { for: "raw" }, has_local_issuer ? "Access token" : "Access token of your issuer"), this.text);
    this.outcome = h("div", { class: "outcome", "aria-live": "polite" });
    this.timeline = h("div", { class: "timeline" });
    this.header = h("table", { class: "claims" });
    this.claims = h("table", { class: "claims" });
    this.decoded = h("div", {}, this.timeline, h("h3", {}, "Claims"), this.claims, h("h3", {}, "Header"), this.header);
    this.element = h("div", { class: "card token-card" },
      h("div", { class: "bar" },
        h("h2", { id: "token-title" }, "Token"),
        h("div", { class: "actions" }, this.edit, h("button", { type: "button", id: "copy", click: () => this.#token && copy(this.#token.raw, "Token") }, "Copy"))),
      this.editing, this.parts, this.outcome, this.decoded);
    callers.addEventListener("change", () => this.#show());
    this.#show();
    setInterval(() => this.#drawTimes(), 1000);
  }

  #toggle(open = this.editing.hidden) {
    this.editing.hidden = !open;
    this.parts.hidden = open || !this.#token;
    this.edit.textContent = open ? "Done" : "Paste or edit";
    if (open) {
      this.text.value = this.#token?.raw ?? "";
      this.text.focus();
      this.text.select();
    }
  }

  #edited() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => callers.use(this.text.value.trim().replace(/^Bearer\s+/i, "")), 200);
  }

  async #show() {
    const caller = callers.current;
    const token = await callers.token(caller).catch((error) => say(`No token: ${error.message}.`, true));
    if (caller !== callers.current) return;
    this.#token = token ?? null;
    byId("token-title").textContent = token ? `Token of ${caller.name}`.replace("Token of Your token", "Your token") : "No token";
    const isEditing = !this.editing.hidden;
    this.parts.hidden = isEditing || !token;
    this.parts.replaceChildren(...(token ? colour(token.parts) : []));
    byId("copy").hidden = !token;
    this.decoded.hidden = !token?.claims;
    fill(this.header, "Header", token?.header);
    fill(this.claims, "Claims", token?.claims);
    this.#drawTimes();
    await this.#judge(caller, token);
  }

  /** Asks the server whether it accepts the token. */
  async #judge(caller, token) {
    if (!token) {
      this.outcome.replaceChildren(h("p", { class: "quiet" }, "Anonymous sends no token, so that protected routes answer 401. Choose another caller",
        " above, or paste a token."));
      return;
    }
    const answer = await verdicts(caller).catch((error) => say(`Not checked: ${error.message}.`, true));
    if (caller !== callers.current || !answer) return;
    const { outcome, refusal, log } = answer.token;
    this.outcome.replaceChildren(...(outcome === "accepted"
      ? [h("p", { class: "as-expected" }, "The API accepts this token.")]
      : [
        h("p", { class: "surprise" }, badge(refusal.status), " ", h("code", {}, refusal.code), ": ", refusal.description),
        logView(log),
        token.problem && h("p", { class: "quiet" }, token.problem),
      ].filter(Boolean)));
  }

  #drawTimes() {
    this.timeline.replaceChildren(...(this.#token?.claims ? timeline(this.#token.claims) : []));
  }
}

function colour(parts) {
  const classes = ["part-header", "part-payload", "part-signature"];
  return parts.flatMap((part, index) => [index > 0 && h("span", { class: "dot" }, "."), h("span", { class: classes[index] ?? "part-other" }, part)]).filter(Boolean);
}

function fill(table, name, values) {
  const rows = Object.entries(values ?? {}).map(([claim, value]) => h("tr", {},
    h("th", { scope: "row" }, h("code", {}, claim), meaning(claim) && h("span", { class: "meaning" }, meaning(claim))),
    h("td", {}, h("code", {}, shown(value)), isTime(claim, value) && h("span", { class: "meaning" }, moment(value)))));
  table.replaceChildren(
    h("caption", { class: "hidden" }, name),
    h("thead", { class: "hidden" }, h("tr", {}, h("th", { scope: "col" }, "Name"), h("th", { scope: "col" }, "Value"))),
    h("tbody", {}, ...rows));
}

/** The times of a token on a line, from the first to the last. */
function timeline({ iat, nbf, exp }) {
  const times = [["issued", iat], ["valid from", nbf], ["expires", exp]].filter(([, time]) => Number.isFinite(time));
  const { text, isOver } = validity({ exp, nbf });
  const words = h("p", {}, h("strong", { class: isOver ? "over" : "" }, text));
  if (!Number.isFinite(exp) || times.length < 2) return [words];
  const all = [...times.map(([, time]) => time), now()];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const at = (time) => 40 + (520 * (time - from)) / Math.max(1, to - from);
  const start = Math.max(...[iat, nbf].filter(Number.isFinite));
  const label = (time, name, y, kind) => s("g", { class: kind },
    s("line", { x1: at(time), x2: at(time), y1: 24, y2: 40 }),
    s("text", { x: at(time), y, "text-anchor": at(time) < 100 ? "start" : at(time) > 500 ? "end" : "middle" }, name));
  const spoken = times.map(([name, time]) => `${name} ${time < now() ? `${duration(now() - time)} ago` : `in ${duration(time - now())}`}`).join(", ");
  return [words, s("svg", { viewBox: "0 -8 600 78", role: "img", "aria-label": `${spoken}` },
    s("line", { class: "axis", x1: 40, x2: 560, y1: 32, y2: 32 }),
    start < exp && s("line", { class: "valid", x1: at(start), x2: at(exp), y1: 32, y2: 32 }),
    ...times.map(([name, time]) => label(time, name, 58, "time")),
    label(now(), "now", 16, "now"))];
}
