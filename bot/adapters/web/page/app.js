// The page: asks, shows, remembers where it is in the address, and ties map and video together.

import { clock, dot, el, getJson } from "./dom.js";
import { EpisodeMap } from "./map.js";
import { Player } from "./player.js";
import { drawFurther, drawView } from "./reply.js";
import { setUpShade } from "./shade.js";

const $ = (id) => document.getElementById(id);
const VIEWS = ["plain", "discord", "slack"];
const state = { view: "plain", outcome: null, map: null, waiting: null };
const player = new Player($("player"), document.body.dataset.video);

const deeds = {
  play: (moment, title) => player.play(moment, title),
  follow: (text) => ask(text, { topic: state.outcome?.hit_id }),
  open: (id) => load("/api/open", { id }, { id }),
};

// --- asking

function ask(text, { topic = state.outcome?.hit_id ?? null, keep = true } = {}) {
  return load("/api/ask", { q: text, topic }, keep ? { q: text } : null);
}

// `address`: what the page's own address becomes; null leaves it.
async function load(path, parameters, address) {
  state.waiting?.abort();
  const waiting = (state.waiting = new AbortController());
  $("reply").setAttribute("aria-busy", "true");
  try {
    const outcome = await getJson(path, parameters, waiting.signal);
    if (address) history.pushState(null, "", `/?${new URLSearchParams(address)}`);
    show(outcome);
  } catch (error) {
    if (error.name !== "AbortError") showTrouble(error.message);
  } finally {
    if (state.waiting === waiting) $("reply").removeAttribute("aria-busy");
  }
}

function show(outcome) {
  state.outcome = outcome;
  $("reply").hidden = false;
  document.body.classList.add("has-answer");
  $("share").hidden = false;
  showView(state.view);
  $("further").replaceChildren(...drawFurther(outcome, deeds));
  const seconds = outcome.moment?.start_seconds ?? null;
  state.map?.setMark(seconds);
  $("picture").href = seconds === null ? "/api/map.png" : `/api/map.png?t=${seconds}`;
  $("status").textContent = outcome.moment ? `${outcome.text} At ${outcome.moment.clock}.` : outcome.text;
  if (outcome.question) $("question").value = outcome.question;
}

function showTrouble(message) {
  state.outcome = null;
  $("reply").hidden = false;
  $("share").hidden = true;
  $("view").replaceChildren(el("p.notice", { role: "alert" }, message));
  $("further").replaceChildren();
}

function showView(view) {
  state.view = view;
  for (const name of VIEWS) {
    const tab = $(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === view));
    tab.tabIndex = name === view ? 0 : -1;
  }
  $("view").setAttribute("aria-labelledby", `tab-${view}`);
  if (state.outcome) $("view").replaceChildren(drawView(view, state.outcome, deeds));
}

function setUpAsking() {
  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    ask($("question").value);
  });
  for (const button of document.querySelectorAll(".starter")) {
    button.addEventListener("click", () => {
      $("question").value = button.textContent;
      ask(button.textContent, { topic: null });
    });
  }
  for (const view of VIEWS) $(`tab-${view}`).addEventListener("click", () => showView(view));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    showView(VIEWS[(VIEWS.indexOf(state.view) + step + VIEWS.length) % VIEWS.length]);
    $(`tab-${state.view}`).focus();
  });
  $("share").addEventListener("click", share);
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    $("share").textContent = "Link copied";
  } catch {
    $("share").textContent = "Copy it from the address bar";
  }
  setTimeout(() => ($("share").textContent = "Copy link"), 2500);
}

function askFromAddress() {
  const given = new URLSearchParams(location.search);
  if (given.has("q")) {
    $("question").value = given.get("q");
    return load("/api/ask", { q: given.get("q") }, null);
  }
  if (given.has("id")) return load("/api/open", { id: given.get("id") }, null);
  state.waiting?.abort();
  state.outcome = null;
  $("reply").hidden = true;
  document.body.classList.remove("has-answer");
  state.map?.setMark(null);
  return null;
}

// --- the map

async function setUpMap() {
  const episode = await getJson("/api/episode");
  const words = new Map(episode.themes.map((theme) => [theme.id, theme]));
  const momentOf = (note) => ({ start_seconds: note.start_seconds, clock: clock(note.start_seconds), url: `https://www.youtube.com/watch?v=${episode.video_id}&t=${note.start_seconds}` });
  const play = (note) => player.play(momentOf(note), note.title);
  const map = (state.map = new EpisodeMap($("plot"), episode, { onpick: (note) => showNote(note, words.get(note.theme), play), onplay: play }));
  map.draw();
  if (state.outcome?.moment) map.setMark(state.outcome.moment.start_seconds);
  setUpThemes(episode.themes, map);
  $("find").addEventListener("input", () => count(map.highlight($("find").value)));
}

function count(number) {
  const isSearching = $("find").value.trim() !== "";
  $("found").textContent = isSearching ? `${number} ${number === 1 ? "note" : "notes"}` : "";
}

function setUpThemes(themes, map) {
  const chip = (id, ...label) => el("button.chip", { type: "button", "aria-pressed": String(id === null), onclick: (event) => choose(id, event.currentTarget) }, ...label);
  const choose = (id, button) => {
    const wanted = map.theme === id ? null : id;
    map.setTheme(wanted);
    for (const other of $("themes").children) other.setAttribute("aria-pressed", "false");
    (wanted === null ? $("themes").firstElementChild : button).setAttribute("aria-pressed", "true");
    count(map.filter());
  };
  $("themes").replaceChildren(chip(null, "All themes"), ...themes.map((theme) => chip(theme.id, dot(theme.colour), ` ${theme.name}`)));
}

function showNote(note, theme, play) {
  const panel = $("note");
  panel.hidden = false;
  panel.replaceChildren(
    el("p.facts", {}, el("span.tag", {}, dot(theme.colour), ` ${theme.emoji} ${theme.name}`), el("span", {}, note.speaker)),
    el("h3", {}, note.title),
    el("p", {}, note.answer),
    el("div.row", {},
      el("button.primary", { type: "button", onclick: () => play(note) }, `▶ Play ${clock(note.start_seconds)}`),
      el("button.quiet", { type: "button", onclick: () => deeds.open(note.id).then(() => $("reply").scrollIntoView({ block: "start" })) }, "Open as answer")),
  );
}

// --- one thought

async function showThought() {
  const thought = await getJson("/api/insight").catch(() => null);
  if (!thought) return;
  $("thought").hidden = false;
  $("thought-text").replaceChildren(
    el("p.text", {}, thought.text),
    el("p.facts", {}, el("span.tag", {}, dot(thought.theme.colour), ` ${thought.theme.emoji} ${thought.theme.name}`),
      el("button.quiet", { type: "button", onclick: () => player.play(thought.moment, thought.text) }, `▶ ${thought.moment.clock}`)),
    el("p.soft", {}, thought.question),
  );
}

setUpShade($("shade"));
setUpAsking();
askFromAddress();
addEventListener("popstate", askFromAddress);
$("another").addEventListener("click", showThought);
setUpMap().catch((error) => $("plot").replaceChildren(el("p.notice", {}, error.message)));
showThought();
