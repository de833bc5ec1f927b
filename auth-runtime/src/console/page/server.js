// The endpoints of the console, which only this page may use.

const here = (name) => new URL(name, import.meta.url);

/** The address of the API, which is the origin of this page. */
export const api = new URL("/", import.meta.url);

async function read(reply) {
  if (!reply.ok) throw new Error(`the console answered with status ${reply.status}`);
  return reply;
}

function post(name, body) {
  return fetch(here(name), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).then(read);
}

let fingerprint;

/** The routes, the users and the issuers. */
export async function overview() {
  const about = await (await read(await fetch(here("overview")))).json();
  ({ fingerprint } = about);
  return about;
}

/** What each route answers this caller. */
export async function verdicts(caller, parameters = {}) {
  const answer = await (await post("verdicts", { caller: asked(caller), parameters })).json();
  if (answer.fingerprint !== fingerprint) throw new Error("the API has other routes or policies now, reload this page");
  return answer;
}

/** A token of the local issuer. */
export const mint = async (order) => (await post("token", order)).text();

function asked(caller) {
  switch (caller.kind) {
    case "user": return { user: caller.subject };
    case "token": return { token: caller.raw };
    default: return "anonymous";
  }
}
