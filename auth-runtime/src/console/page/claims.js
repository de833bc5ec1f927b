// Decodes a token, and says what its claims mean.

const TIMES = ["exp", "iat", "nbf", "auth_time", "updated_at"];

const MEANINGS = {
  iss: "who issued it",
  sub: "who it is about",
  aud: "which API it is for",
  exp: "when it expires",
  nbf: "when it becomes valid",
  iat: "when it was issued",
  jti: "its own id",
  scope: "what the client may do",
  scp: "what the client may do",
  permissions: "what the user may do",
  roles: "the roles of the user",
  client_id: "the client that it was issued to",
  azp: "the client that it was issued to",
  auth_time: "when the user logged in",
  acr: "how strongly the user logged in",
  amr: "by which means the user logged in",
  sid: "the session of the user",
  cnf: "the key that it is bound to",
  act: "who acts for the subject",
  email: "the user's address",
  name: "the user's name",
  org_id: "the organisation",
  tid: "the tenant",
  gty: "how the client got it",
  token_use: "what it is for",
  events: "a security event, which is not an access token",
  alg: "how it is signed",
  kid: "the key that signed it",
  typ: "what kind of token it is",
  cty: "what its payload is",
  crit: "extensions that must be understood",
  x5t: "the certificate of the key",
};

/** What a claim or a header parameter means, if it is a usual one. */
export function meaning(name) {
  const known = [name, name.split(/[/#]/).pop()].find((name) => Object.hasOwn(MEANINGS, name));
  return known ? MEANINGS[known] : "";
}

export const isTime = (name, value) => TIMES.includes(name) && Number.isFinite(value);

/** The value of a claim as text. */
export const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** Decodes a token: its parts as text, and header and claims if they can be read. */
export function decode(raw) {
  const parts = raw.split(".");
  const token = { raw, parts };
  if (parts.length !== 3) {
    return { ...token, problem: "A token that can be read has three parts with dots between them." };
  }
  try {
    return { ...token, header: json(parts[0]), claims: json(parts[1]) };
  } catch (error) {
    return { ...token, problem: `This cannot be decoded: ${error.message}.` };
  }
}

function json(part) {
  const bytes = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  const text = new TextDecoder("utf-8", { fatal: true });
  const value = JSON.parse(text.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it is not a JSON object");
  return value;
}
