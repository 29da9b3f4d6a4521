// Elements out of values. Text is only ever set as text: nothing here or elsewhere parses HTML.

const SVG = "http://www.w3.org/2000/svg";

// el("a.quiet", {href, onclick, ...}, "text", child) - children that are null or false are left out.
export function el(name, attributes = {}, ...children) {
  return build(document.createElement(tagOf(name)), name, attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tagOf(name)), name, attributes, children);
}

function tagOf(name) {
  return name.split(".")[0];
}

function build(node, name, attributes, children) {
  const classes = name.split(".").slice(1);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A link that leaves the page; only https leads anywhere.
export function outward(url, attributes, ...children) {
  const safe = typeof url === "string" && url.startsWith("https://");
  const leaving = safe ? { href: url, rel: "noopener noreferrer", target: "_blank" } : {};
  return el("a", { ...leaving, ...attributes }, ...children);
}

export function dot(colour) {
  return svg("svg.dot", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("circle", { cx: 5, cy: 5, r: 5, fill: colour }));
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export async function getJson(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
  let reply;
  try {
    reply = await fetch(`${path}?${query}`, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached. Is it still running?");
  }
  const body = await reply.json().catch(() => null);
  if (!reply.ok) {
    const told = body && body.error;
    throw new Error(told ? told.message + (told.reference ? ` (${told.reference})` : "") : "Something failed; please try again.");
  }
  return body;
}
