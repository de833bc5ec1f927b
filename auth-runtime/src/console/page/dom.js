// Builds elements. Everything that comes from a token or a reply becomes a text node, never HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element with these attributes and children. Functions become event listeners. */
export function h(name, attributes = {}, ...children) {
  return build(document.createElement(name), attributes, children);
}

/** Creates an element of a drawing. */
export function s(name, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, name), attributes, children);
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

/** Appends what there is of these children. */
export function add(element, children) {
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
}

export const byId = (id) => document.getElementById(id);

/** Splits text at its `code` spans, which become elements. */
export function prose(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** Shows the same text only once, so that a screen reader does not repeat it. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let hide;
/** Announces a message to screen readers, and shows it for a moment if nothing else on the page does. */
export function say(text, shown = false) {
  const status = byId("status");
  status.textContent = text;
  status.classList.toggle("shown", shown);
  clearTimeout(hide);
  hide = setTimeout(() => status.classList.remove("shown"), 5000);
}

export async function copy(text, what) {
  await navigator.clipboard.writeText(text);
  say(`${what} copied.`, true);
}

/** Offers the text as a file. */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
