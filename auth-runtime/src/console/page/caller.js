// Who calls. The page keeps tokens in memory only, and only those that it needs.

import { decode } from "./claims.js";
import { mint } from "./server.js";
import { now, validity } from "./time.js";

const ANONYMOUS = { key: "anonymous", kind: "anonymous", name: "Anonymous", note: "no token" };

/** The callers, and the one that the page calls as. It has an event `change`, and an event `expiry`. */
class Callers extends EventTarget {
  #all = [ANONYMOUS];
  #current = ANONYMOUS;
  /** The tokens of users, by caller. */
  #tokens = new WeakMap();

  start(users) {
    this.#all = [ANONYMOUS, ...users.map(user)];
    this.#current = this.#all[0];
  }

  get all() {
    return this.#all;
  }

  get current() {
    return this.#current;
  }

  select(key) {
    this.#current = this.#all.find((caller) => caller.key === key) ?? ANONYMOUS;
    this.#changed();
  }

  /** Calls with this token from now on. It takes the place of the last one. */
  use(raw, note = "pasted") {
    const others = this.#all.filter(({ kind }) => kind !== "token");
    if (!raw) {
      this.#all = others;
      this.#current = ANONYMOUS;
    } else {
      this.#current = { key: "token", kind: "token", name: "Your token", note, raw };
      this.#all = [...others, this.#current];
    }
    this.#changed();
  }

  /** Notices when the pasted or made token expires or becomes valid. It is called every second. */
  watch() {
    const own = this.#all.find(({ kind }) => kind === "token");
    const { claims } = own ? decode(own.raw) : {};
    const isOver = claims && validity(claims).isOver;
    if (own && own.isOver !== undefined && isOver !== own.isOver) {
      own.isOver = isOver;
      this.dispatchEvent(new Event("expiry"));
      this.#changed();
    } else if (own) {
      own.isOver = isOver;
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** The token of a caller, decoded, or `null` for nobody. */
  async token(caller) {
    if (caller.kind === "anonymous") return null;
    if (caller.kind === "token") return decode(caller.raw);
    const known = this.#tokens.get(caller);
    if (known && known.claims.exp > now() + 60) return known;
    const token = decode(await mint({ user: caller.subject }));
    this.#tokens.set(caller, token);
    return token;
  }

  /** Gets another token next time: the server may have been restarted, with another key. */
  forget(caller) {
    this.#tokens.delete(caller);
  }
}

function user({ subject, name }) {
  const [, first, note] = (name ?? "").match(/^(.*?)\s*(?:\((.*)\))?$/);
  return { key: `user:${subject}`, kind: "user", subject, name: first || subject, note: note ?? (first ? subject : "") };
}

export const callers = new Callers();

/** How a caller is called in a sentence. */
export const label = ({ name, note }) => (note ? `${name} (${note})` : name);

/** Whether two callers have the same token. */
export const isSame = (a, b) => a.key === b.key && a.raw === b.raw;

/** The letters in a caller's circle. */
export function initials({ kind, name }) {
  if (kind === "anonymous") return "?";
  if (kind === "token") return "✎";
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0]?.[0] ?? "·";
  return letters.toUpperCase();
}

/** The colour of a caller's circle: nobody and the token have their own. */
export function hue(caller) {
  if (caller.kind !== "user") return caller.kind;
  const users = callers.all.filter(({ kind }) => kind === "user");
  return `user-${users.findIndex(({ key }) => key === caller.key) % 6}`;
}
