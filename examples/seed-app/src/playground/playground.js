// Gets tokens, shows them decoded, and calls the routes with and without a token.

// The API is at the origin of this page, or at the address in `?api=http://127.0.0.1:8000`.
const api = new URL(new URLSearchParams(location.search).get("api") ?? ".", location.href);
const element = (id) => document.getElementById(id);
const seconds = () => Date.now() / 1000;

let about;
// The token in the text box: `raw` and, if it can be decoded, `header` and `claims`.
let token = {};
// The last token that this page got, and its deliberate defect.
let minted = {};
const rows = [];

// --- The token

async function mint(form) {
  const order = {
    subject: form.get("subject"),
    scopes: form.getAll("scope"),
    lifetime: Number(form.get("lifetime")),
    wrong: form.get("wrong") || null,
  };
  const reply = await fetch(new URL("playground/token", api), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(order),
  });
  if (!reply.ok) throw new Error(`the local issuer answered with status ${reply.status}`);
  const raw = (await reply.json()).access_token;
  minted = { raw, wrong: order.wrong };
  element("token").value = raw;
  readToken();
  say("Got a token.");
}

function decode(raw) {
  const parts = raw.split(".");
  if (parts.length !== 3) throw new Error("a token has three parts with dots between them");
  const [header, claims] = parts.slice(0, 2).map((part) => {
    const bytes = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder("utf-8", { fatal: true });
    return JSON.parse(text.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  });
  return { raw, header, claims };
}

function readToken() {
  const raw = element("token").value.trim();
  let note = raw ? "" : "There is no token yet, so protected routes answer 401.";
  try {
    token = raw ? decode(raw) : {};
  } catch (error) {
    token = { raw };
    note = `This cannot be decoded: ${error.message}.`;
  }
  element("token-note").textContent = note;
  element("decoded").hidden = !token.claims;
  list(element("token-header"), token.header);
  list(element("token-claims"), token.claims);
  tick();
}

function list(target, values = {}) {
  target.replaceChildren(...Object.entries(values ?? {}).flatMap(([name, value]) => {
    const isTime = ["exp", "iat", "nbf", "auth_time"].includes(name) && Number.isFinite(value);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const time = isTime ? ` (${new Date(value * 1000).toLocaleString()})` : "";
    return [node("dt", name), node("dd", text + time)];
  }));
}

// Updates the time left and the forecasts, once a second.
function tick() {
  const exp = token.claims?.exp;
  const left = Math.ceil(exp - seconds());
  const [text, over] = Number.isFinite(left) ? [`${duration(Math.abs(left))}`, left <= 0] : ["unknown", false];
  const timer = element("time-left");
  timer.textContent = over ? `expired ${text} ago` : text;
  timer.classList.toggle("over", over);
  for (const row of rows) row.forecast();
}

function duration(left) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const shown = parts.map(([size, unit]) => {
    const count = Math.floor(left / size);
    left %= size;
    return count ? `${count} ${unit}` : "";
  });
  return shown.filter(Boolean).slice(0, 2).join(" ") || "0 s";
}

// --- The forecast of what a route would answer

// Follows the order of the checks in the API. The API may decide differently, because this page cannot
// check the signature.
function forecast(policy) {
  if (policy === "public") return ["200", "anyone may call it"];
  if (!token.raw) return ["401", "there is no token"];
  if (!token.claims) return ["401", "the token cannot be decoded"];
  const { claims } = token;
  const wrong = minted.raw === token.raw ? minted.wrong : null;
  if (wrong === "unknown_key") return ["401", "no key of the issuer has the token’s “kid”"];
  if (wrong === "other_key") return ["401", "the signature was made with another key than the one that “kid” names"];
  if (wrong === "tampered") return ["401", "the claims were changed after signing"];
  if (!(claims.exp > seconds())) return ["401", "the token is expired"];
  const issuer = about.local_issuer;
  if (issuer && claims.iss !== issuer.url) return ["401", `the issuer is ${claims.iss}`];
  if (issuer && ![claims.aud].flat().includes(issuer.audience)) return ["401", `the token is for ${claims.aud}`];
  if (claims.nbf > seconds()) return ["401", "the token is not valid yet"];
  const refused = parse(policy).filter((requirement) => lacks(requirement).length);
  const lacking = refused.flatMap(lacks);
  if (lacking.includes(UNKNOWN)) return ["?", "only the API can tell"];
  if (lacking.length) return [flagged(refused[0], "not_found") ? "404" : "403", `the token lacks ${lacking.join(", ")}`];
  return ["200", policy === "requires_auth" ? "any valid token" : "the token suffices"];
}

// A policy reads like its attributes: requires_scope("a", any("b", "c")) requires_role("d").
function parse(policy) {
  const words = policy.match(/"(\\.|[^"\\])*"|[^\s(),="]+|[(),=]/g) ?? [];
  const next = (word) => words[0] === word && words.shift();
  const items = () => {
    const found = [];
    while (words.length && !next(")")) {
      const word = words.shift();
      if (next("(")) found.push({ name: word, of: items() });
      else if (next("=")) found.push({ claim: word, value: words.shift() });
      else found.push({ word });
      next(",");
    }
    return found;
  };
  return items();
}

const UNKNOWN = Symbol("only the API can tell");
const CLAIMS = {
  requires_scope: ["scope", "scp"],
  requires_permission: ["permissions"],
  requires_role: ["roles"],
};

const FLAGS = ["not_found", "report_only"];
const flagged = ({ of = [] }, flag) => of.some((item) => item.word === flag);

// Returns what the token lacks to meet a requirement, in words.
function lacks({ name, of = [], word }) {
  if (word === "requires_auth") return [];
  if (!CLAIMS[name]) return [UNKNOWN];
  if (flagged({ of }, "report_only")) return [];
  const granted = CLAIMS[name].flatMap((claim) => token.claims[claim] ?? [])
    .flatMap((value) => (name === "requires_scope" ? String(value).split(" ") : value));
  const unmet = (item) => {
    if (item.name === "any") {
      const each = item.of.map(unmet);
      if (each.some((one) => !one.length)) return [];
      if (each.flat().includes(UNKNOWN)) return [UNKNOWN];
      return [each.map((one) => one.join(" and ")).join(" or ")];
    }
    if (item.name === "all") return item.of.flatMap(unmet);
    if (FLAGS.includes(item.word)) return [];
    if (!item.word?.startsWith('"')) return [UNKNOWN];
    const wanted = JSON.parse(item.word);
    return granted.includes(wanted) ? [] : [wanted];
  };
  return of.flatMap(unmet);
}

// --- The routes

function addRoute({ method, uri, policy }) {
  const [row, reply] = element("route").content.cloneNode(true).children;
  const part = (name) => row.querySelector(`.${name}`);
  const label = `${method} ${uri}`;
  // The user fills in a dynamic segment.
  const path = uri.includes("<") ? node("input", "") : node("code", uri);
  if (path.value !== undefined) Object.assign(path, { value: uri, ariaLabel: `Path of ${label}` });
  const url = () => new URL((path.value ?? uri).replace(/^\//, ""), api);
  part("route").append(node("span", method), " ", path);
  part("policy").textContent = policy;

  const why = part("why");
  why.id = `why-${rows.length}`;
  const update = () => {
    const [status, reason] = forecast(policy);
    // Changes the text only if it differs, so that a screen reader does not repeat it every second.
    if (part("code").textContent === status && why.textContent === reason) return;
    badge(part("code"), status);
    why.textContent = reason;
  };
  const press = (name, spoken, action) => {
    const button = part(name);
    button.ariaLabel = `${button.textContent}: ${spoken}`;
    button.addEventListener("click", () => action().catch((error) => say(`Failed: ${error.message}`, true)));
    return button;
  };
  press("call", label, () => call(reply, method, url(), token.raw)).setAttribute("aria-describedby", why.id);
  press("call-without", label, () => call(reply, method, url()));
  press("copy", label, () => copy(curl(method, url())));

  element("routes").append(row, reply);
  rows.push({ forecast: update });
}

async function call(target, method, url, bearer) {
  const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
  const part = (name) => target.querySelector(`.${name}`);
  const show = (name, text) => {
    part(name).textContent = text;
    part(name).hidden = !text;
  };
  const start = performance.now();
  let status = "failed", text = "", challenge = "", explanation = "";
  try {
    const reply = await fetch(url, { method, headers, cache: "no-store", credentials: "omit" });
    text = await reply.text();
    status = `${reply.status} ${reply.statusText}`.trim();
    challenge = reply.headers.get("WWW-Authenticate") ?? "";
    explanation = explain(reply, challenge);
  } catch (error) {
    explanation = `There was no reply: ${error.message}.`;
  }
  const took = `${Math.max(1, Math.round(performance.now() - start))} ms`;
  let json;
  try { json = JSON.parse(text); } catch { /* The body is plain text. */ }
  badge(part("code"), status);
  const how = bearer ? "with the token" : "without a token";
  part("time").textContent = `${method} ${url.pathname} ${how}, ${took}`;
  show("explanation", [json?.code && `${json.code}: ${json.description}`, explanation].filter(Boolean).join(" — "));
  show("challenge", challenge && `WWW-Authenticate: ${challenge}`);
  show("body", json ? JSON.stringify(json, null, 2) : text);
  target.hidden = false;
  say(`${method} ${url.pathname} ${how}: ${status}. ${part("explanation").textContent}`);
}

// Explains the challenge in words (RFC 6750, section 3).
function explain(reply, challenge) {
  if (reply.status === 503) return `Try again in ${reply.headers.get("Retry-After")} s.`;
  if (!challenge) return "";
  const parameter = (name) => challenge.match(new RegExp(`${name}="([^"]*)"`))?.[1];
  switch (parameter("error")) {
    case undefined: return "Send a token: Authorization: Bearer TOKEN.";
    case "invalid_request": return "The Authorization header is not well-formed.";
    case "invalid_token": return "The API does not accept this token. Get another one.";
    case "insufficient_scope": {
      const scopes = parameter("scope");
      return `The token is valid, but may not do this${scopes ? `: get one with ${scopes}.` : "."}`;
    }
    case "insufficient_user_authentication": return "The user must log in again, perhaps with a stronger method.";
    default: return "";
  }
}

function curl(method, url) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl -i", method === "GET" ? "" : `-X ${method}`, quote(url.href)];
  if (token.raw) parts.push("-H", quote(`Authorization: Bearer ${token.raw}`));
  return parts.filter(Boolean).join(" ");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.", true);
  } catch {
    // Browsers offer no clipboard over plain http from another machine.
    window.prompt("Copy this:", text);
  }
}

// --- The page

function node(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function badge(target, status) {
  target.textContent = status;
  target.dataset.kind = { 2: "good", 4: "refused", 5: "refused" }[status[0]] ?? "unknown";
}

// Announces a message to screen readers, and shows it for a moment if nothing else on the page does.
function say(text, shown = false) {
  element("status").textContent = text;
  element("status").classList.toggle("shown", shown);
  clearTimeout(say.over);
  say.over = setTimeout(() => element("status").classList.remove("shown"), 5000);
}

async function start() {
  const reply = await fetch(new URL("playground/about.json", api));
  about = await reply.json();
  element("order").hidden = !about.local_issuer;
  element("token-label").textContent = about.local_issuer
    ? "Access token (you can paste another one)"
    : "Paste an access token from your issuer";
  element("scopes").append(...about.scopes.map((scope) => {
    const box = Object.assign(node("input", ""), { type: "checkbox", name: "scope", value: scope });
    const label = node("label", "");
    label.append(box, " ", node("code", scope));
    return label;
  }));
  // Routes of this page, routes that others mount, and routes without a policy are listed separately.
  const isOther = ({ handler, policy }) => !policy || !handler || handler.includes("::playground::");
  about.routes.filter((route) => !isOther(route)).forEach(addRoute);
  element("other-routes").append(...about.routes.filter(isOther).map(({ method, uri, policy }) =>
    node("li", `${method} ${uri}: ${policy ?? "undeclared"}`)));
  element("order-form").addEventListener("submit", (event) => {
    event.preventDefault();
    mint(new FormData(event.target)).catch((error) => say(`No token: ${error.message}.`, true));
  });
  element("token").addEventListener("input", readToken);
  readToken();
  setInterval(tick, 1000);
}

start().catch((error) => say(`The API at ${api.href} cannot be reached: ${error.message}.`, true));
