// The parts of Discord's markdown and Slack's mrkdwn that our messages use, drawn as elements.
// What is not known stays text. Input is never HTML.

import { el, outward } from "./dom.js";

const DEPTH = 6;

// Each rule: a sticky pattern and what its match becomes. The first that fits at a place wins.
const DISCORD = [
  [/\\([^\w\s])/y, (match) => match[1]],
  [/`([^`\n]+)`/y, (match) => el("code", {}, match[1])],
  [/\*\*(?=\S)((?:\\.|[^\\])+?)\*\*/y, (match, inner) => el("strong", {}, inner(match[1]))],
  [/__(?=\S)((?:\\.|[^\\])+?)__/y, (match, inner) => el("u", {}, inner(match[1]))],
  [/~~(?=\S)((?:\\.|[^\\])+?)~~/y, (match, inner) => el("s", {}, inner(match[1]))],
  [/\*(?=[^\s*])((?:\\.|[^\\*])+?)\*/y, (match, inner) => el("em", {}, inner(match[1]))],
  [/_(?=[^\s_])((?:\\.|[^\\_])+?)_(?!\w)/y, (match, inner) => el("em", {}, inner(match[1]))],
  [/\[((?:\\.|[^\]\\])+)\]\((https:\/\/[^\s)]+)\)/y, (match, inner) => outward(match[2], {}, inner(match[1]))],
  [/<(https:\/\/[^\s>]+)>/y, (match) => outward(match[1], {}, match[1])],
  [/https:\/\/[^\s<>)]+/y, (match) => outward(match[0], {}, match[0])],
];

const SLACK = [
  [/&(amp|lt|gt);/y, (match) => ({ amp: "&", lt: "<", gt: ">" })[match[1]]],
  [/`([^`\n]+)`/y, (match) => el("code", {}, entities(match[1]))],
  [/<(https:\/\/[^|>\s]+)\|([^>]+)>/y, (match) => outward(entities(match[1]), {}, entities(match[2]))],
  [/<(https:\/\/[^|>\s]+)>/y, (match) => outward(entities(match[1]), {}, entities(match[1]))],
  [/<@([A-Z0-9]+)>/y, (match) => el("span.mention", {}, `@${match[1]}`)],
  [/\*(?=[^\s*])([^*\n]+?)\*(?!\w)/y, (match, inner) => el("strong", {}, inner(match[1]))],
  [/_(?=[^\s_])([^_\n]+?)_(?!\w)/y, (match, inner) => el("em", {}, inner(match[1]))],
  [/~(?=[^\s~])([^~\n]+?)~(?!\w)/y, (match, inner) => el("s", {}, inner(match[1]))],
];

export function discordMarkdown(text) {
  return lines(text, DISCORD, (line) => {
    if (line.startsWith("-# ")) return ["small", line.slice(3)];
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    return heading ? ["strong.heading", heading[2]] : null;
  });
}

export function slackMarkdown(text) {
  return lines(text, SLACK, () => null, /^(?:>|&gt;) ?/);
}

function entities(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

// Quoted lines become one block quote; other lines are divided by breaks.
function lines(text, rules, special, mark = /^> ?/) {
  const made = [];
  let quote = null;
  for (const line of String(text ?? "").split("\n")) {
    if (mark.test(line)) {
      if (!quote) made.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(line.replace(mark, ""), rules));
      continue;
    }
    if (made.length && !quote) made.push(el("br"));
    quote = null;
    const [tag, rest] = special(line) || [null, line];
    made.push(...(tag ? [el(tag, {}, inline(rest, rules))] : inline(rest, rules)));
  }
  return made;
}

function inline(text, rules, depth = 0) {
  if (depth > DEPTH) return [text];
  const made = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const hit = firstHit(text, at, rules);
    if (!hit) {
      plain += text[at++];
      continue;
    }
    if (plain) made.push(plain);
    plain = "";
    made.push(hit.make(hit.match, (inner) => inline(inner, rules, depth + 1)));
    at += hit.match[0].length;
  }
  if (plain) made.push(plain);
  return made;
}

function firstHit(text, at, rules) {
  for (const [pattern, make] of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { match, make };
  }
  return null;
}
