// The grid as a picture and as a table, to keep and to show.

import { hue, initials } from "./caller.js";
import { isAsExpected, kind } from "./reply.js";

const ROW = 46;
const COLUMN = 112;
const LABELS = 372;
const TOP = 122;
const MARGIN = 28;
const PATH_LENGTH = 36;
const POLICY_LENGTH = 54;

const COLOURS = {
  light: {
    card: "#ffffff", edge: "#dfe3eb", text: "#171a21", quiet: "#5b6472", line: "#e8ebf1", stripe: "#f8f9fc",
    allowed: ["#e3f5ea", "#0b6b36"], unauthenticated: ["#eceff5", "#465063"], forbidden: ["#fde9e7", "#ad1f16"],
    depends: ["#efeaff", "#5b32d3"], failed: ["#fff1d6", "#7d4a05"],
    circles: { anonymous: "#667085", token: "#b45309", users: ["#4f46e5", "#0e7490", "#be185d", "#15803d", "#9333ea", "#b91c1c"] },
    methods: { GET: "#0e7490", POST: "#15803d", DELETE: "#b91c1c" }, otherMethod: "#9a5b00",
  },
  dark: {
    card: "#161a22", edge: "#2a303c", text: "#e9ecf2", quiet: "#9aa4b5", line: "#232934", stripe: "#191e27",
    allowed: ["#133322", "#74e2a1"], unauthenticated: ["#272e3a", "#b9c2d0"], forbidden: ["#3f1b1a", "#ffa199"],
    depends: ["#2c2355", "#c6b8ff"], failed: ["#3d2c0c", "#f4c36b"],
    circles: { anonymous: "#667085", token: "#b45309", users: ["#5b54e8", "#0e7490", "#be185d", "#15803d", "#9333ea", "#b91c1c"] },
    methods: { GET: "#67d3ea", POST: "#74e2a1", DELETE: "#ffa199" }, otherMethod: "#f4c36b",
  },
};

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The grid as an SVG that needs no other file. */
export function svg(grid, scheme) {
  const colours = COLOURS[scheme];
  const { routes, callers } = grid;
  const width = 2 * MARGIN + LABELS + callers.length * COLUMN;
  const bottom = TOP + routes.length * ROW;
  const height = bottom + 58;
  const text = (x, y, classes, words, more = "") => `<text x="${x}" y="${y}" class="${classes}"${more}>${escaped(words)}</text>`;
  const centre = (column) => MARGIN + LABELS + column * COLUMN + COLUMN / 2;

  const heads = callers.map((caller, column) => {
    const name = hue(caller);
    const fill = colours.circles[name] ?? colours.circles.users[Number(name.split("-")[1])];
    return [
      `<circle cx="${centre(column)}" cy="${TOP - 66}" r="19" fill="${fill}"/>`,
      text(centre(column), TOP - 61, "initials", initials(caller)),
      text(centre(column), TOP - 30, "name", cut(caller.name, 14)),
      text(centre(column), TOP - 14, "note", cut(caller.note, 19)),
    ].join("");
  });
  const rows = routes.map((route, index) => {
    const y = TOP + index * ROW;
    const cells = callers.map((caller, column) => cell(grid, caller, index, centre(column), y, colours));
    const method = colours.methods[route.method] ?? colours.otherMethod;
    return [
      `<line x1="${MARGIN}" x2="${width - MARGIN}" y1="${y}" y2="${y}" stroke="${colours.line}"/>`,
      text(MARGIN, y + 21, "method", route.method, ` fill="${method}"`),
      text(MARGIN + 62, y + 21, "path", cut(route.uri, PATH_LENGTH)),
      text(MARGIN + 62, y + 37, "policy", cut(route.policy, POLICY_LENGTH)),
      ...cells,
    ].join("");
  });
  const legend = [[0, "allowed", "200", "may call"], [146, "unauthenticated", "401", "no valid token"], [328, "forbidden", "403", "not enough"]]
    .map(([offset, of, status, words]) => {
      const x = MARGIN + 25 + offset;
      return pill(x, bottom + 29, status, colours[of]) + text(x + 38, bottom + 33.5, "legend", words);
    });
  const confirmed = routes.some((_, index) => callers.some((caller) => grid.reply(caller, index)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="${colours.text}" role="img" aria-labelledby="title">
<title id="title">Who may call what: ${escaped(routes.length)} routes and ${escaped(callers.length)} callers</title>
<style>
text { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.heading { font-size: 22px; font-weight: 700; }
.subtitle, .legend { font-size: 13px; fill: ${colours.quiet}; }
.initials { font-size: 14px; font-weight: 700; text-anchor: middle; fill: #fff; }
.name { font-size: 14px; font-weight: 600; text-anchor: middle; }
.note { font-size: 11.5px; text-anchor: middle; fill: ${colours.quiet}; }
.method, .path, .policy { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.method { font-size: 12px; font-weight: 700; }
.path { font-size: 13.5px; font-weight: 600; }
.policy { font-size: 11px; fill: ${colours.quiet}; }
.status { font-size: 13px; font-weight: 700; text-anchor: middle; }
.tick { font-size: 12px; }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="14" fill="${colours.card}" stroke="${colours.edge}"/>
${text(MARGIN, TOP - 64, "heading", "Who may call what")}
${text(MARGIN, TOP - 40, "subtitle", `${routes.length} routes, ${routes.filter((route) => route.is_public).length} of them public`)}
${heads.join("\n")}
${rows.join("\n")}
<line x1="${MARGIN}" x2="${width - MARGIN}" y1="${bottom}" y2="${bottom}" stroke="${colours.line}"/>
${legend.join("")}${confirmed ? text(MARGIN + 488, bottom + 33.5, "legend", "✓ confirmed by a call") : ""}
</svg>
`;
}

function cell(grid, caller, index, x, y, colours) {
  const { status } = grid.verdict(caller, index);
  const reply = grid.reply(caller, index);
  const isExpected = reply && isAsExpected(reply, grid.verdict(caller, index));
  if (isExpected === false) return pill(x, y + ROW / 2, `${status} ≠ ${reply.status}`, colours.failed);
  return pill(x, y + ROW / 2, status ?? "?", colours[kind(status)], isExpected ? "✓" : "");
}

function pill(x, y, words, [ground, text], mark = "") {
  const half = String(words).length > 3 ? 40 : mark ? 32 : 25;
  const label = mark ? x - 7 : x;
  return `<rect x="${x - half}" y="${y - 13}" width="${2 * half}" height="26" rx="8" fill="${ground}"/>`
    + `<text x="${label}" y="${y + 4.5}" class="status" fill="${text}">${escaped(words)}</text>`
    + (mark ? `<text x="${x + 11}" y="${y + 4.5}" class="tick" fill="${text}">${mark}</text>` : "");
}

/** The grid as a table in Markdown. */
export function markdown(grid) {
  const { routes, callers } = grid;
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const safe = (text) => text.replace(/[\\|<>*_]/g, "\\$&");
  const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;
  return [
    line(["route", "policy", ...callers.map(({ name }) => safe(name))]),
    line(["---", "---", ...callers.map(() => ":-:")]),
    ...routes.map((route, index) => line([
      code(`${route.method} ${route.uri}`),
      code(route.policy),
      ...callers.map((caller) => grid.verdict(caller, index).status ?? "?"),
    ])),
    "",
  ].join("\n");
}
