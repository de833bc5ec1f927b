// Starts the page: the tabs, the caller, and the three views.

import { callView } from "./call.js";
import { callers, label } from "./caller.js";
import { byId, h, say, setText } from "./dom.js";
import { gridView } from "./grid.js";
import { api, overview } from "./server.js";
import { validity } from "./time.js";
import { tokenView } from "./token.js";

const TABS = ["grid", "call", "token"];

/** Shows a view, and remembers it in the address. */
export function show(tab, focus = false) {
  for (const name of TABS) {
    const button = byId(`tab-${name}`);
    button.setAttribute("aria-selected", String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
    byId(name).hidden = name !== tab;
    if (name === tab && focus) button.focus();
  }
  if (location.hash !== `#${tab}`) history.replaceState(null, "", `#${tab}`);
  window.scrollTo(0, 0);
}

const wanted = () => TABS.find((tab) => location.hash === `#${tab}`) ?? "grid";

function startTabs() {
  for (const [index, name] of TABS.entries()) {
    const button = byId(`tab-${name}`);
    button.addEventListener("click", () => show(name));
    button.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) show(TABS[(index + step + TABS.length) % TABS.length], true);
    });
  }
  window.addEventListener("hashchange", () => {
    if (TABS.includes(location.hash.slice(1))) show(wanted());
  });
}

function startCaller() {
  const select = byId("caller");
  select.addEventListener("change", () => callers.select(select.value));
  const update = () => {
    select.replaceChildren(...callers.all.map((caller) => h("option", { value: caller.key }, label(caller))));
    select.value = callers.current.key;
    tick();
  };
  callers.addEventListener("change", update);
  update();
  byId("as").hidden = false;
}

/** Shows how long the token of the caller is still valid. */
async function tick() {
  callers.watch();
  const left = byId("left");
  const token = await callers.token(callers.current).catch(() => null);
  const { text, isOver } = token?.claims ? validity(token.claims) : { text: token ? "cannot be read" : "", isOver: Boolean(token) };
  setText(left, text);
  left.classList.toggle("over", isOver);
}

async function start() {
  byId("api").textContent = api.host;
  document.title = `Console of ${api.host}`;
  const about = await overview();
  callers.start(about.users);
  startTabs();
  startCaller();
  const open = (tab) => show(tab, true);
  const call = callView(byId("call"), about, open);
  gridView(byId("grid"), about, (route, caller) => {
    callers.select(caller.key);
    call.choose(route);
    open("call");
  }, open);
  tokenView(byId("token"), about);
  show(wanted());
  // The head of the grid stays below that of the page.
  new ResizeObserver(([head]) => {
    document.documentElement.style.setProperty("--top", `${head.borderBoxSize[0].blockSize}px`);
  }).observe(document.querySelector(".top"));
  setInterval(tick, 1000);
  document.body.dataset.ready = "";
}

start().catch((error) => say(`The console cannot be started: ${error.message}.`, true));
