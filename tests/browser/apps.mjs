// The servers of the browser tests: seed apps, and the page on another origin.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
  const directory = mkdtempSync(join(tmpdir(), "playground-"));
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
      // The local issuer is a Rocket of its own, with its own line.
      const issuer = log.match(/^The local issuer is at (\S+)\/$/m)?.[1];
      const launched = [...log.matchAll(/^Rocket has launched from (\S+)$/gm)];
      const url = launched.map(([, url]) => url).find((url) => url !== issuer);
      if (url) resolve(url);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`the seed app has ended:\n${log}`)));
    setTimeout(() => reject(new Error(`the seed app did not launch:\n${log}`)), 30_000).unref();
  });
}

/** Serves the page on another port, and allows it to call this API. */
export function pageElsewhere(api) {
  const folder = new URL("../../examples/seed-app/src/playground/", import.meta.url);
  const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  const server = createServer((request, response) => {
    const path = new URL(request.url, api).pathname;
    const name = path === "/" ? "playground.html" : path.slice(1);
    const type = /^playground\.(html|js|css|svg)$/.exec(name)?.[1];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, {
      "Content-Type": types[type],
      "Content-Security-Policy":
        `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src ${api}`,
    });
    response.end(readFileSync(new URL(name, folder)));
  });
  server.unref();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
