// The tab Call: the request, the reply, and the same call in other languages.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listener } from "./apps.mjs";
import { test } from "./driver.mjs";

test("a call shows its reply with headers and body, each once", async (console) => {
  await console.callAs("Ann");
  await console.choose("GET /api/private-scoped");
  const reply = await console.send();
  assert.match(reply, /200 OK\s+GET \/api\/private-scoped/);
  assert.match(reply, /As the policy says: the token suffices\./);
  assert.match(reply, /"message": "Hello from a private endpoint!/);
  assert.match(reply, /content-type\s+application\/json/);
  assert.equal(reply.match(/application\/json/g).length, 1);
  assert.equal(reply.match(/Hello from/g).length, 1);
});

test("a refusal is explained once, with the line of the log beside it", async (console) => {
  await console.callAs("Ben");
  await console.choose("GET /secured/private/ping");
  const reply = await console.send();
  assert.match(reply, /403 Forbidden/);
  assert.match(reply, /Get one with the scope example:scope\./);
  assert.match(reply, /In the log of the API\s+the token does not meet requires_scope\("example:scope"\)\s+its scopes: "read:messages"/);
  assert.equal(reply.match(/insufficient_scope/g).length, 1);
  await console.callAs("Anonymous");
  const anonymous = await console.send();
  assert.match(anonymous, /401 Unauthorized/);
  assert.match(anonymous, /Send a token: Authorization: Bearer TOKEN\./);
});

test("a reply to another caller is marked", async (console) => {
  await console.callAs("Ann");
  await console.choose("GET /api/me");
  await console.send();
  const mark = console.page.locator("#reply .stale");
  assert.ok(await mark.isHidden());
  await console.callAs("Ben");
  assert.equal(await mark.innerText(), "This is the reply to Ann. You are calling as Ben now.");
  await console.callAs("Ann");
  assert.ok(await mark.isHidden());
  await console.mint({ user: "ann" });
  await console.tab("Call");
  assert.ok(await mark.isVisible());
  await console.send();
  assert.ok(await mark.isHidden());
  await console.mint({ user: "ann" });
  await console.tab("Call");
  assert.ok(await mark.isVisible(), "another token of the same user is another token");
});

test("path, query, headers and body are sent as they are entered", async (console) => {
  const { page } = console;
  await console.callAs("Ann");
  await console.choose("PUT /users/<id>/<rest..>?<q>");
  await page.getByLabel("<id>", { exact: true }).fill("a/b é");
  await page.getByLabel("<rest..>", { exact: true }).fill("x/y z");
  await page.getByLabel("<q>", { exact: true }).fill("1&2");
  await page.getByLabel("Query", { exact: true }).fill("more=3");
  await page.getByLabel("Headers, one a line").fill("X-One: 1\nX-Two:  two \nnonsense");
  await page.locator("#body").fill('{"a":1}');
  const reply = await console.send();
  assert.match(reply, /sent/);
  const sent = JSON.parse(reply.match(/sent (.*)/)[1]);
  assert.equal(sent.url, "/users/a%2Fb%20%C3%A9/x/y%20z?q=1%262&more=3");
  assert.deepEqual([sent.method, sent.one, sent.two, sent.type, sent.body], ["PUT", "1", "two", "application/json", '{"a":1}']);
  assert.match(sent.authorization, /^Bearer ey/);
  const { parameters } = JSON.parse(sent.question);
  assert.deepEqual(parameters, { id: "a/b é", rest: "x/y z", q: "1&2" });
}, {
  prepare: async (page) => {
    let question;
    await page.route("**/_auth/overview", async (route) => {
      const about = await (await route.fetch()).json();
      about.routes.push({ method: "PUT", uri: "/users/<id>/<rest..>?<q>", format: null, policy: "requires_auth", is_public: false, scopes: [] });
      await route.fulfill({ json: about });
    });
    await page.route("**/_auth/verdicts", async (route) => {
      question = route.request().postData();
      const answer = await (await route.fetch()).json();
      answer.verdicts.push({ status: 200, reason: "any valid token", refusal: null, log: [] });
      await route.fulfill({ json: answer });
    });
    await page.route("**/users/**", async (route) => {
      const request = route.request();
      const headers = await request.allHeaders();
      const { pathname, search } = new URL(request.url());
      const sent = {
        method: request.method(), url: pathname + search, body: request.postData(), question,
        one: headers["x-one"], two: headers["x-two"], type: headers["content-type"], authorization: headers.authorization,
      };
      await route.fulfill({ contentType: "text/plain", body: `sent ${JSON.stringify(sent)}` });
    });
  },
});

test("an address of the user's own never leaves the API", async (console) => {
  const { page } = console;
  await console.choose("Another address");
  for (const path of ["//example.com/x", "/\\example.com/x", "https://example.com/x", "example.com"]) {
    await page.getByLabel("Path", { exact: true }).fill(path);
    await page.getByLabel("Method", { exact: true }).selectOption("DELETE");
    const reply = await console.send();
    assert.match(reply, /404 Not Found/, path);
  }
});

/** A console that knows this route as well. Requests to it are answered with their address. */
const withRoute = (uri, address) => async (page) => {
  await page.route("**/_auth/overview", async (route) => {
    const about = await (await route.fetch()).json();
    about.routes.push({ method: "GET", uri, format: null, policy: "public", is_public: true, scopes: [] });
    await route.fulfill({ json: about });
  });
  await page.route("**/_auth/verdicts", async (route) => {
    const answer = await (await route.fetch()).json();
    answer.verdicts.push({ status: 200, reason: "anyone may call it", refusal: null, log: [] });
    await route.fulfill({ json: answer });
  });
  await page.route(address, (route) => route.fulfill({ contentType: "text/plain", body: `sent ${route.request().url()}` }));
};

test("what is entered for a path never leads to another host", async (console) => {
  const { page } = console;
  await console.choose("GET /<path..>");
  for (const [entered, sent] of [
    ["/evil.example", "//evil.example"],
    ["//evil.example/x", "///evil.example/x"],
    ["\\evil.example", "/%5Cevil.example"],
    ["/\\evil.example", "//%5Cevil.example"],
    ["https://evil.example", "/https%3A//evil.example"],
    ["user@evil.example", "/user%40evil.example"],
  ]) {
    await page.getByLabel("<path..>", { exact: true }).fill(entered);
    const reply = await console.send();
    assert.ok(reply.includes(`sent ${new URL(page.url()).origin}${sent}`), `${entered}: ${reply}`);
    const code = await page.locator("#snippet").textContent();
    assert.ok(code.includes(`'${new URL(page.url()).origin}${sent}'`), code);
  }
}, { prepare: withRoute("/<path..>", (url) => url.href.includes("evil.example")) });

test("a parameter may have the name of a property of every object", async (console) => {
  const { page } = console;
  await console.choose("GET /named/<constructor>?<valueOf>");
  const field = page.getByLabel("<constructor>", { exact: true });
  assert.equal(await field.inputValue(), "");
  assert.match(await console.send(), /sent \S+\/named\/1\s/);
  await field.fill("x");
  assert.match(await console.send(), /sent \S+\/named\/x\s/);
}, { prepare: withRoute("/named/<constructor>?<valueOf>", "**/named/**") });

test("the command that sets TOKEN sets exactly the token, whatever is pasted", async (console) => {
  const { page } = console;
  const pasted = "a.b'$(touch /tmp/console-was-here)\"`id`; exit 3 #.$HOME";
  await console.paste(pasted);
  await console.tab("Call");
  await page.getByRole("button", { name: "Copy TOKEN" }).click();
  await page.locator("#status").getByText("copied.").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const output = execFileSync("sh", ["-c", `${command}\nprintf %s "$TOKEN"`], { encoding: "utf8" });
  assert.equal(output, pasted);
}, { permissions: ["clipboard-read", "clipboard-write"] });

test("a reply that does not end is shown as far as it came", async (console) => {
  await console.callAs("Ann");
  await console.choose("GET /api/events");
  const reply = await console.send();
  assert.match(reply, /200 OK/);
  assert.match(reply, /event:\s?tick/);
  assert.match(reply, /The reply goes on\./);
});

test("numbers and names of a JSON reply are shown as they came", async (console) => {
  await console.choose("GET /ping");
  const reply = await console.send();
  assert.match(reply, /"big": 18446744073709551615,\s+"twice": 1,\s+"twice": 2\.50,\s+"empty": \{\},\s+"list": \[\s+"a \\" \{",\s+\[\]\s+\]/);
}, {
  prepare: (page) => page.route("**/ping", (route) => route.fulfill({
    contentType: "application/json",
    body: '{"big":18446744073709551615,"twice":1,"twice":2.50,"empty":{},"list":["a \\" {",[]]}',
  })),
});

test("the same call is shown in the languages of the guide", async (console) => {
  const { page } = console;
  await console.callAs("Ann");
  await console.choose("GET /api/private");
  const guide = readFileSync(new URL("../../docs/call-your-api/README.md", import.meta.url), "utf8");
  const languages = [...guide.matchAll(/^\| ([^|]+) \| \[/gm)].map(([, language]) => language.trim());
  assert.deepEqual(await page.locator("#language option").allTextContents(), languages);
  for (const language of languages) {
    await page.getByLabel("Language", { exact: true }).selectOption({ label: language });
    const code = await page.locator("#snippet").textContent();
    assert.ok(code.includes("/api/private"), language);
    assert.ok(/TOKEN|token/.test(code), language);
    assert.ok(!code.includes("eyJ"), `${language} has the token in it`);
  }
  await page.getByRole("button", { name: "Copy TOKEN" }).click();
  await page.locator("#status").getByText("copied.").waitFor();
  const setToken = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByLabel("Language", { exact: true }).selectOption("curl");
  await page.getByRole("button", { name: "Copy", exact: true }).filter({ visible: true }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("curl"));
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const output = execFileSync("sh", ["-c", `${setToken}\n${command} --silent --max-time 5`], { encoding: "utf8" });
  assert.match(output, /^HTTP\/1\.1 200/);
}, { permissions: ["clipboard-read", "clipboard-write"] });

// The programs that are installed run; the others are compared with what the guide's files use.
const RUN = {
  curl: (code) => ["sh", ["-c", `${code} --silent`]],
  node: (code, file) => ["node", [file("call.mjs", code)]],
  php: (code, file) => ["php", [file("call.php", code)]],
  python: (code, file) => ["python3", [file("call.py", code)]],
  ruby: (code, file) => ["ruby", [file("call.rb", code)]],
  go: (code, file) => ["go", ["run", file("call.go", code)]],
  java: (code, file) => ["java", [file("Call.java", code)]],
};

const isInstalled = (program) => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};

test("a snippet sends exactly the call, whatever characters are in it", async () => {
  const source = readFileSync(new URL("../../auth-runtime/src/console/page/snippets.js", import.meta.url), "utf8");
  const { LANGUAGES, snippet } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const server = await listener();
  const hard = `'"\\ \${TOKEN} $TOKEN #{1} \`id\` \\( %s é`;
  const call = {
    method: "POST",
    url: new URL(`${server.url}/a/[1-3]?b=${encodeURIComponent(hard)}&c='&ids[]={1,2}&d=^|\``),
    headers: [["Content-Type", "text/plain; charset=utf-8"], ["X-Hard", hard.replace(" é", "")]],
    body: `${hard}\n\tline`,
    hasToken: true,
  };
  const folder = mkdtempSync(join(tmpdir(), "snippets-"));
  const file = (name, code) => {
    writeFileSync(join(folder, name), code);
    return join(folder, name);
  };
  let ran = 0;
  for (const { id } of LANGUAGES) {
    const code = snippet(id, call);
    assert.ok(code.length > 50, id);
    const [program, parameters] = RUN[id]?.(code, file) ?? [];
    if (!program || !isInstalled(program)) continue;
    server.received = null;
    const { execFile } = await import("node:child_process");
    await new Promise((resolve, reject) => {
      const environment = { ...process.env, TOKEN: "the-token" };
      execFile(program, parameters, { env: environment, timeout: 60_000 }, (error) => (error ? reject(error) : resolve()));
    });
    const { method, url, headers, body } = server.received;
    assert.equal(decodeURIComponent(url), decodeURIComponent(call.url.pathname + call.url.search), id);
    assert.doesNotMatch(url, /[{}[\]|^`]/, id);
    assert.deepEqual(
      [method, headers.authorization, headers["content-type"], headers["x-hard"], body],
      ["POST", "Bearer the-token", call.headers[0][1], call.headers[1][1], call.body],
      id,
    );
    ran += 1;
  }
  rmSync(folder, { recursive: true });
  // The tests themselves need these two.
  assert.ok(ran >= 2, `${ran} ran`);
}, { isConsole: false, path: "/ping" });
