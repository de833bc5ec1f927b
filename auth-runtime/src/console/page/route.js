// The parts of a route's address that a caller fills in.

import { api } from "./server.js";

/** What a caller has entered, by route and parameter. */
const entered = new Map();

/** The parameters of a route: those of its path, then those of its query. */
export function parametersOf({ uri }) {
  const [path, query = ""] = uri.split("?");
  const inPath = path.split("/").map((segment) => segment.match(/^<(.+?)(\.\.)?>$/)).filter(Boolean)
    .map(([text, name, isRest]) => ({ text, name, place: "path", isRest: Boolean(isRest) }));
  const inQuery = query.split("&").map((part) => part.match(/^<(.+?)(\.\.)?>$/)).filter(Boolean)
    .map(([text, name, isRest]) => ({ text, name, place: "query", isRest: Boolean(isRest) }));
  return [...inPath, ...inQuery];
}

export function enter(route, name, value) {
  const values = enteredFor(route);
  values[name] = value;
  entered.set(route, values);
}

/** What was entered, by name. A parameter may be called `constructor`, so that the object inherits nothing. */
export const enteredFor = (route) => entered.get(route) ?? Object.create(null);

/** The address with what was entered. A path parameter without a value is `1`. */
export function addressOf(route, moreQuery = "") {
  const values = enteredFor(route);
  const [path, query = ""] = route.uri.split("?");
  const segments = path.split("/").map((segment) => {
    const [, name, isRest] = segment.match(/^<(.+?)(\.\.)?>$/) ?? [];
    if (!name) return segment;
    const value = values[name] || "1";
    return isRest ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
  });
  // As a relative reference, a path that begins with two slashes would lead to another host.
  const url = new URL(api);
  url.pathname = segments.join("/");
  const parts = query.split("&").filter((part) => part && !part.startsWith("<"));
  for (const { name, place, isRest } of parametersOf(route)) {
    if (place === "query" && values[name] && !isRest) {
      parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(values[name])}`);
    }
  }
  if (moreQuery) parts.push(moreQuery);
  url.search = parts.join("&");
  return url;
}
