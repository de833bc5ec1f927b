// The servers of the browser tests: seed apps, a blank page on another origin, and one that says what
// it receives.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const running = [];
process.on("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

export function stop() {
  for (const { child, directory } of running.splice(0)) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Starts a seed app on a free port in an empty folder, and returns its URL. */
export function seedApp(environment = {}) {
  const directory = mkdtempSync(join(tmpdir(), "console-"));
  const child = spawn(process.env.SEED_APP, {
    cwd: directory,
    env: { ...process.env, ROCKET_PORT: "0", ROCKET_CLI_COLORS: "false", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push({ child, directory });
  return new Promise((resolve, reject) => {
    let log = "";
    const read = (chunk) => {
      log += chunk;
      const url = log.match(/^Rocket has launched from (\S+)$/m)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`the seed app has ended:\n${log}`)));
    setTimeout(() => reject(new Error(`the seed app did not launch:\n${log}`)), 30_000).unref();
  });
}

/** Serves on a free loopback port, and returns the URL. */
function serve(answer) {
  const server = createServer(answer);
  server.unref();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

/** A blank page on another origin than the API. */
export const blankPage = () => serve((_, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Elsewhere</title>");
});

/** A server that keeps the last request in `received`. */
export async function listener() {
  const server = { received: null };
  server.url = await serve((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      server.received = { method, url, headers, body: Buffer.concat(chunks).toString() };
      response.writeHead(200).end("received");
    });
  });
  return server;
}
