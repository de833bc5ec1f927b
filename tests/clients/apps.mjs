// The seed app as a process, with its local issuer, and a user who logs in there.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that is free now. The app has to know its own URL before it listens. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a seed app with these keys of the table `auth`, and returns its URL and its issuer's. */
export async function seedApp(keys = "") {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const directory = mkdtempSync(join(tmpdir(), "clients-"));
  const child = spawn(process.env.SEED_APP, {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      ROCKET_PORT: String(port),
      ROCKET_CLI_COLORS: "false",
      ROCKET_AUTH: `{public_url="${url}"${keys && `,${keys}`}}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  process.on("exit", stop);
  const issuer = await new Promise((resolve, reject) => {
    let log = "";
    const read = (chunk) => {
      log += chunk;
      const issuer = log.match(/^The local issuer is at (\S+)$/m)?.[1];
      if (issuer && log.includes(`Rocket has launched from ${url}\n`)) resolve(issuer);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`the seed app has ended:\n${log}`)));
    setTimeout(() => reject(new Error(`the seed app did not launch:\n${log}`)), 30_000).unref();
  });
  return { url, issuer, stop };
}

/** Does what the browser of a user does: opens the page, and presses the user's button. */
export async function logIn(authorizationUrl, user) {
  const page = await fetch(authorizationUrl, { redirect: "manual" });
  const html = await page.text();
  if (!html.includes(`<button name="user" value="${user}">`)) {
    throw new Error(`the page has no button for ${user}: ${page.status} ${html}`);
  }
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const form = new URLSearchParams(fields.map(([, name, value]) => [text(name), text(value)]));
  form.append("user", user);
  const action = new URL(/<form method="post" action="([^"]*)"/.exec(html)[1], authorizationUrl);
  const reply = await fetch(action, { method: "POST", body: form, redirect: "manual" });
  return new URL(reply.headers.get("location"));
}

function text(html) {
  const characters = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => characters[entity]);
}
