// Makes tokens with the local issuer: for a user or for nobody in particular, with any claims,
// valid or wrong on purpose.

import { callers } from "./caller.js";
import { decode } from "./claims.js";
import { h, say } from "./dom.js";
import { mint } from "./server.js";

const LIFETIMES = [["15", "15 seconds"], ["300", "5 minutes"], ["3600", "1 hour"], ["86400", "1 day"]];

const DEFECTS = [
  ["", "nothing"],
  ["expired", "expired"],
  ["not_yet_valid", "not valid yet"],
  ["other_audience", "for another API"],
  ["other_issuer", "from another issuer"],
  ["other_key", "signed with another key"],
  ["unknown_key", "signed with an unknown key"],
  ["tampered", "changed after signing"],
  ["algorithm_none", "without an algorithm"],
];

/** Claims that each token gets anew. */
const OWN = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "client_id", "scope"];

export function editor({ scopes, users }) {
  return new Editor(scopes, users).form;
}

class Editor {
  constructor(scopes, users) {
    this.scopes = new Set(scopes);
    const option = ([value, text]) => h("option", { value }, text);
    const select = (id, options, change = () => {}) => h("select", { id, change }, ...options.map(option));
    this.user = select("user", [...users.map(({ subject, name }) => [subject, name ?? subject]), ["", "somebody else"]], () => this.#userChanged());
    this.subject = h("input", { id: "subject", value: "local-user", autocomplete: "off", spellcheck: "false" });
    this.subjectField = field("Subject (sub)", this.subject);
    this.boxes = h("div", { id: "scopes", class: "scopes" });
    this.lifetime = select("lifetime", LIFETIMES);
    this.lifetime.value = "3600";
    this.defect = select("defect", DEFECTS);
    this.claims = h("textarea", { id: "claims", rows: "4", spellcheck: "false", autocomplete: "off", placeholder: '{ "org_id": "acme", "roles": ["admin"] }', "aria-describedby": "claims-note" });
    this.note = h("p", { id: "claims-note", class: "quiet small" }, "JSON. ", h("code", {}, "null"), " removes a claim.");
    this.form = h("form", { class: "card editor", submit: (event) => { event.preventDefault(); this.#mint(); } },
      h("h2", {}, "Make a token"),
      field("For", this.user),
      this.subjectField,
      h("fieldset", {}, h("legend", {}, "Scopes"), this.boxes),
      h("div", { class: "pair" }, field("Valid for", this.lifetime), field("Wrong on purpose", this.defect)),
      h("div", { class: "field" }, h("div", { class: "bar" }, h("label", { for: "claims" }, "More claims"),
        h("button", { type: "button", class: "link", id: "take-claims", click: () => this.#takeClaims() }, "Take those of the token")), this.claims, this.note),
      h("button", { class: "primary", id: "mint" }, "Get this token"));
    this.#userChanged();
  }

  /** Ticks the scopes that the user has, or all for somebody who has none in particular. */
  async #userChanged() {
    const subject = this.user.value;
    this.subjectField.hidden = Boolean(subject);
    if (!subject) return this.#tick([...this.scopes]);
    try {
      const { claims } = decode(await mint({ user: subject }));
      if (subject === this.user.value) this.#tick(String(claims.scope ?? "").split(" ").filter(Boolean));
    } catch (error) {
      say(`The user's scopes are not known: ${error.message}.`, true);
    }
  }

  #tick(granted) {
    for (const scope of granted) this.scopes.add(scope);
    this.boxes.replaceChildren(...[...this.scopes].map((scope) => {
      const box = h("input", { type: "checkbox", name: "scope", value: scope });
      box.checked = granted.includes(scope);
      return h("label", {}, box, " ", h("code", {}, scope));
    }));
    if (!this.scopes.size) this.boxes.replaceChildren(h("p", { class: "quiet small" }, "No route requires a scope."));
  }

  async #takeClaims() {
    const token = await callers.token(callers.current).catch(() => null);
    if (!token?.claims) return say("There is no token whose claims could be taken.", true);
    const others = Object.entries(token.claims).filter(([name]) => !OWN.includes(name));
    this.claims.value = JSON.stringify(Object.fromEntries(others), null, 2);
    this.claims.focus();
  }

  #moreClaims() {
    if (!this.claims.value.trim()) return {};
    const claims = JSON.parse(this.claims.value);
    if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw new Error("write a JSON object");
    return claims;
  }

  async #mint() {
    let more;
    try {
      more = this.#moreClaims();
      this.claims.removeAttribute("aria-invalid");
    } catch (error) {
      this.claims.setAttribute("aria-invalid", "true");
      this.claims.focus();
      return say(`The claims are not JSON: ${error.message}.`, true);
    }
    const user = this.user.value;
    const scope = [...this.boxes.querySelectorAll(":checked")].map(({ value }) => value).join(" ");
    const claims = { ...(user ? {} : { sub: this.subject.value }), scope: scope || null, ...more };
    try {
      const defect = this.defect.value || null;
      const raw = await mint({ user: user || null, claims, lifetime: Number(this.lifetime.value), defect });
      const wrong = defect && DEFECTS.find(([value]) => value === defect)[1];
      callers.use(raw, wrong ?? (user || this.subject.value));
      say("Got a token.");
    } catch (error) {
      say(`No token: ${error.message}.`, true);
    }
    return undefined;
  }
}

function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}
