// Takes a `WWW-Authenticate` header apart and says what it asks for (RFC 9110 §11.6.1, RFC 6750 §3).

const TOKEN = /[!#$%&'*+\-.^_`|~\w]+/y;
const STRING = /"((?:[^"\\]|\\.)*)"/y;

/** The challenges of a header: each has a scheme and parameters. */
export function parse(header) {
  let at = 0;
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const challenges = [];
  while (at < header.length) {
    take(/[\s,]*/y);
    const name = take(TOKEN)?.[0];
    if (!name) break;
    take(/[ \t]*/y);
    if (header[at] === "=" && challenges.length) {
      at += 1;
      take(/[ \t]*/y);
      const value = take(STRING)?.[1].replace(/\\(.)/g, "$1") ?? take(TOKEN)?.[0] ?? "";
      challenges.at(-1).parameters[name] = value;
    } else {
      challenges.push({ scheme: name, parameters: Object.create(null) });
    }
  }
  return challenges;
}

/** What a client does about a refusal. */
export function explain(status, header, retryAfter) {
  if (status === 503) return retryAfter ? `Try again in ${retryAfter} s.` : "Try again later.";
  if (!header) return "";
  const [{ scheme, parameters }] = parse(header).concat({ scheme: "", parameters: {} });
  const scope = parameters.scope ? ` with the scope \`${parameters.scope}\`` : "";
  switch (parameters.error) {
    case undefined: return `Send a token${scope}: \`Authorization: ${scheme} TOKEN\`.`;
    case "invalid_request": return "The `Authorization` header is not well-formed.";
    case "invalid_token": return "The API does not accept this token. Get another one.";
    case "insufficient_scope":
      return scope
        ? `The token is valid, but may not do this. Get one${scope}.`
        : "The token is valid, but its user or client may not do this.";
    case "insufficient_user_authentication": return "The user must log in again, perhaps by a stronger method.";
    case "invalid_dpop_proof": return "The proof that the client has the key is missing or not valid.";
    case "use_dpop_nonce": return "Make the proof again with the nonce of this reply.";
    default: return `The error is \`${parameters.error}\`.`;
  }
}
