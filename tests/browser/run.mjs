// Runs the tests of the console in Chromium, one after another.

import assert from "node:assert/strict";
import { stop } from "./apps.mjs";
import { browser, Console, tests } from "./driver.mjs";
import "./grid.mjs";
import "./call.mjs";
import "./token.mjs";
import "./access.mjs";
import "./elsewhere.mjs";

const only = process.env.ONLY;
const wanted = tests.filter(({ name }) => !only || name.includes(only));
let failed = 0;
for (const { name, run, options } of wanted) {
  let opened;
  try {
    opened = await Console.open(options);
    await run(opened);
    assert.deepEqual(opened.problems, []);
    await opened.close();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
    if (opened?.problems.length) console.log(opened.problems);
    await opened?.close().catch((error) => console.log(`The page does not close: ${error.message}`));
  }
}
await browser.close();
stop();
console.log(`${wanted.length - failed} passed, ${failed} failed`);
process.exit(failed || !wanted.length ? 1 : 0);
