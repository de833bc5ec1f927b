// Sends a request to the API, and shows the reply.

import { explain } from "./challenge.js";
import { h, prose } from "./dom.js";

const MAX_CHARACTERS = 256 * 1024;
const MAX_WAIT = 3_000;

/** Sends a request. With `onlyHead`, the body of the reply is not read. */
export async function send({ method, url, headers = [], body, token }, { onlyHead = false } = {}) {
  const stop = new AbortController();
  const start = performance.now();
  const took = () => Math.max(1, Math.round(performance.now() - start));
  try {
    const reply = await fetch(url, {
      method,
      headers: token ? [...headers, ["Authorization", `Bearer ${token}`]] : headers,
      body: ["GET", "HEAD"].includes(method) ? undefined : body,
      cache: "no-store",
      credentials: "omit",
      redirect: "manual",
      signal: stop.signal,
    });
    const head = {
      status: reply.status,
      statusText: reply.statusText,
      isRedirect: reply.type === "opaqueredirect",
      headers: [...reply.headers],
      challenge: reply.headers.get("WWW-Authenticate") ?? "",
      retryAfter: reply.headers.get("Retry-After") ?? "",
      took: took(),
    };
    if (onlyHead) return head;
    return { ...head, ...(await readBody(reply)), took: took() };
  } catch (error) {
    return { status: 0, problem: `There was no reply: ${error.message}.`, headers: [], took: took() };
  } finally {
    stop.abort();
  }
}

/** Reads the body as text, but no more than a part of one that is large or that does not end. */
async function readBody(reply) {
  if (!reply.body) return { body: "" };
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  const timeout = new Promise((resolve) => { setTimeout(resolve, MAX_WAIT, { isLate: true }); });
  let body = "";
  for (;;) {
    const { value, done, isLate } = await Promise.race([reader.read(), timeout]);
    if (done) return { body };
    if (isLate) return { body, note: `The reply goes on. This is what came in ${MAX_WAIT / 1000} s.` };
    body += value;
    if (body.length > MAX_CHARACTERS) {
      return { body: body.slice(0, MAX_CHARACTERS), note: "The reply is longer. This is its beginning." };
    }
  }
}

/** Shows a reply: status, what the refusal asks for, headers and body, each once. */
export function replyView(reply, { title, verdict, isReasonKnown = false }) {
  if (reply.problem) return h("div", { class: "reply" }, h("p", { class: "reply-title" }, title), h("p", {}, reply.problem));
  const advice = explain(reply.status, reply.challenge, reply.retryAfter);
  return h("div", { class: "reply" },
    h("p", { class: "reply-title" },
      badge(reply.status, `${reply.status || "redirect"} ${reply.statusText ?? ""}`.trim()), " ",
      h("span", {}, title), " ",
      h("span", { class: "quiet" }, `${reply.took} ms`)),
    comparison(reply, verdict, isReasonKnown),
    advice && h("p", { class: "advice" }, prose(advice)),
    serverLog(reply, verdict),
    reply.isRedirect && h("p", { class: "quiet" }, "The reply is a redirection. Browsers do not say where it leads."),
    reply.body && h("pre", { class: "body", tabindex: "0", "aria-label": "Body of the reply" }, pretty(reply)),
    reply.note && h("p", { class: "quiet" }, reply.note),
    h("details", { class: "headers", open: true },
      h("summary", {}, `Headers (${reply.headers.length})`),
      h("dl", {}, ...reply.headers.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))));
}

/** Whether a reply is what the policy says. A handler may answer as it likes if the policy lets it. */
export function isAsExpected(reply, verdict) {
  if (!verdict?.status || !reply.headers || reply.problem) return undefined;
  return verdict.status === 200 ? ![401, 403].includes(reply.status) : reply.status === verdict.status;
}

function comparison(reply, verdict, isReasonKnown) {
  if (!verdict) return null;
  const reason = isReasonKnown ? [] : [": ", ...prose(verdict.reason)];
  switch (isAsExpected(reply, verdict)) {
    case true: return h("p", { class: "as-expected" }, "As the policy says", ...reason, ".");
    case false: return h("p", { class: "surprise" }, `The policy says ${verdict.status}`, ...reason, ".");
    default: return isReasonKnown ? null : h("p", { class: "quiet" }, ...prose(verdict.reason), ".");
  }
}

/** What a debug build logs about the refusal. */
function serverLog(reply, verdict) {
  return verdict && reply.status === verdict.status ? logView(verdict.log) : null;
}

/** Lines of the server's log. */
export function logView(lines) {
  if (!lines.length) return null;
  return h("div", { class: "log" }, h("p", { class: "log-label" }, "In the log of the API"), ...lines.map((line) => h("p", {}, line)));
}

function pretty({ body, headers }) {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  return type.includes("json") ? indent(body) : body;
}

/** Indents JSON without reading it, so that no number and no name changes. */
export function indent(text) {
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) ?? [];
  return parts.map((part, index) => {
    const isEmpty = ["}", "]"].includes(parts[index + 1]);
    if (part === "{" || part === "[") {
      if (isEmpty) return part;
      depth += 1;
      return part + line();
    }
    if (part === "}" || part === "]") {
      if (["{", "["].includes(parts[index - 1])) return part;
      depth = Math.max(0, depth - 1);
      return line() + part;
    }
    if (part === ",") return part + line();
    return part === ":" ? ": " : part;
  }).join("");
}

/** A status in its colour. */
export function badge(status, text = String(status)) {
  return h("span", { class: "badge", "data-kind": kind(status) }, text);
}

/** How a status is coloured. */
export function kind(status) {
  if (!status) return "depends";
  if (status < 400) return "allowed";
  return { 401: "unauthenticated", 403: "forbidden", 404: "forbidden" }[status] ?? "failed";
}
