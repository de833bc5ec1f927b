// One call: method, parameters, query, headers and body; the reply; the same call in other languages.

import { callers, isSame, label } from "./caller.js";
import { copy, h, prose, say } from "./dom.js";
import { badge, replyView, send } from "./reply.js";
import { addressOf, enter, enteredFor, parametersOf } from "./route.js";
import { api, verdicts } from "./server.js";
import { LANGUAGES, shell, snippet } from "./snippets.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export function callView(section, about) {
  const view = new CallView(about);
  section.append(view.form, view.result);
  return view;
}

class CallView {
  #route = null;
  #verdict = null;
  #last = null;

  constructor({ routes }) {
    this.routes = routes;
    const options = routes.map(({ method, uri }, index) => h("option", { value: String(index) }, `${method} ${uri}`));
    this.select = h("select", { id: "route", change: () => this.choose(Number(this.select.value)) },
      ...options, h("option", { value: "-1" }, "Another address"));
    this.parameters = h("div", { class: "parameters" });
    this.query = h("input", { id: "query", autocomplete: "off", spellcheck: "false", placeholder: "name=value&other=2", input: () => this.#changed() });
    this.headers = h("textarea", { id: "headers", rows: "2", spellcheck: "false", placeholder: "Accept: application/json", input: () => this.#changed() });
    this.body = h("textarea", { id: "body", rows: "5", spellcheck: "false", input: () => this.#changed() });
    this.type = h("input", { id: "type", autocomplete: "off", spellcheck: "false", input: () => this.#changed() });
    this.bodyFields = h("div", { class: "fields" }, field("Content type", this.type), field("Body", this.body));
    this.forecast = h("p", { class: "forecast", "aria-live": "polite" });
    this.form = h("form", { class: "card call-form", submit: (event) => { event.preventDefault(); this.#send(); } },
      h("h2", {}, "Call"),
      field("Route", this.select),
      this.parameters,
      field("Query", this.query),
      field("Headers, one a line", this.headers),
      this.bodyFields,
      this.forecast,
      h("button", { class: "primary", id: "send" }, "Send"));

    this.reply = h("div", { id: "reply", class: "reply-slot" }, h("p", { class: "quiet" }, "The reply will be here."));
    this.language = h("select", { id: "language", change: () => this.#snippet() }, ...LANGUAGES.map(({ id, name }) => h("option", { value: id }, name)));
    this.code = h("pre", { class: "body", tabindex: "0", id: "snippet", "aria-label": "The call in this language" });
    this.result = h("div", { class: "call-result" },
      h("div", { class: "card" }, h("h2", {}, "Reply"), this.reply),
      h("div", { class: "card" },
        h("div", { class: "bar" }, h("h2", {}, "The same call in"),
          h("div", { class: "actions" },
            h("label", { for: "language", class: "hidden" }, "Language"), this.language,
            h("button", { type: "button", click: () => copy(this.code.textContent, "Code") }, "Copy"),
            h("button", { type: "button", id: "copy-token", click: () => this.#copyToken() }, "Copy TOKEN"))),
        this.code));
    callers.addEventListener("change", () => this.#callerChanged());
    this.choose(Math.max(0, routes.findIndex(({ is_public }) => !is_public)));
  }

  /** Fills the form for a route, by its place in the overview; -1 is another address. */
  choose(index) {
    this.#route = this.routes[index] ?? null;
    this.select.value = String(this.#route ? index : -1);
    const entered = this.#route ? enteredFor(this.#route) : {};
    const inputs = this.#route
      ? parametersOf(this.#route).map(({ text, name }) => field(text, h("input", {
        id: `parameter-${name}`, value: entered[name] ?? "", autocomplete: "off", spellcheck: "false",
        input: ({ target }) => { enter(this.#route, name, target.value); this.#changed(); },
      })))
      : [
        field("Method", h("select", { id: "method", change: () => this.#changed() }, ...METHODS.map((name) => h("option", {}, name)))),
        field("Path", h("input", { id: "path", value: "/", autocomplete: "off", spellcheck: "false", input: () => this.#changed() })),
      ];
    this.parameters.replaceChildren(...inputs);
    this.query.value = "";
    this.type.value = this.#route?.format ?? "application/json";
    this.#changed();
  }

  get request() {
    const own = (id) => this.parameters.querySelector(`#${id}`)?.value;
    const method = this.#route?.method ?? own("method");
    const url = this.#route
      ? addressOf(this.#route, this.query.value)
      : Object.assign(new URL(api), { pathname: own("path"), search: this.query.value });
    const headers = this.headers.value.split("\n").map((line) => line.match(/^\s*([^:\s]+)\s*:\s*(.*?)\s*$/)).filter(Boolean)
      .map(([, name, value]) => [name, value]);
    const hasBody = !["GET", "HEAD"].includes(method) && this.body.value !== "";
    if (hasBody && !headers.some(([name]) => name.toLowerCase() === "content-type") && this.type.value) {
      headers.push(["Content-Type", this.type.value]);
    }
    return { method, url, headers, body: hasBody ? this.body.value : undefined };
  }

  #changed() {
    const { method } = this.request;
    this.bodyFields.hidden = ["GET", "HEAD"].includes(method);
    this.#snippet();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.#judge(), 150);
  }

  /** Asks the server what the policy says about this call. */
  async #judge() {
    const [route, caller] = [this.#route, callers.current];
    if (!route) {
      this.#verdict = null;
      this.forecast.replaceChildren();
      return;
    }
    const values = Object.fromEntries(Object.entries(enteredFor(route)).filter(([, value]) => value));
    const answer = await verdicts(caller, values).catch((error) => say(`No forecast: ${error.message}.`, true));
    if (route !== this.#route || !isSame(caller, callers.current) || !answer) return;
    this.#verdict = answer.verdicts[this.routes.indexOf(route)];
    const { status, reason } = this.#verdict;
    this.forecast.replaceChildren(badge(status, String(status ?? "?")), " ", h("span", {}, `${caller.name}: `, ...prose(reason)));
  }

  async #send() {
    const { request } = this;
    const caller = callers.current;
    const button = this.form.querySelector("#send");
    button.disabled = true;
    try {
      await this.#judge();
      const verdict = this.#verdict;
      const token = await callers.token(caller);
      const reply = await send({ ...request, token: token?.raw });
      if (reply.status === 401) callers.forget(caller);
      this.#last = { caller, route: this.#route };
      const title = `${request.method} ${request.url.pathname}${request.url.search}`;
      this.reply.replaceChildren(
        h("p", { class: "stale", hidden: true }),
        h("p", { class: "quiet reply-caller" }, `As ${label(caller)}`),
        replyView(reply, { title, verdict }));
      this.#callerChanged();
      say(`${title}: ${reply.status || "no reply"}.`);
    } catch (error) {
      say(`Not sent: ${error.message}.`, true);
    }
    button.disabled = false;
  }

  /** Marks a reply that belongs to another token than the current one. */
  #callerChanged() {
    this.#judge();
    this.#snippet();
    const mark = this.reply.querySelector(".stale");
    if (!mark) return;
    const { caller } = this.#last;
    const isStale = !isSame(caller, callers.current);
    mark.hidden = !isStale;
    mark.textContent = `This is the reply to ${caller.name}. You are calling as ${callers.current.name} now.`;
    this.reply.classList.toggle("is-stale", isStale);
  }

  #snippet() {
    const hasToken = callers.current.kind !== "anonymous";
    this.code.textContent = snippet(this.language.value, { ...this.request, hasToken });
  }

  async #copyToken() {
    const token = await callers.token(callers.current);
    if (!token) return say("Anonymous has no token.", true);
    return copy(`export TOKEN=${shell(token.raw)}`, "The command that sets TOKEN");
  }
}

function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}
