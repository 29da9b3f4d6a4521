// The map of the episode: draws it, finds the note under a pointer, walks it by keyboard, highlights words.

import { clock, dot, el, svg } from "./dom.js";
import { geometry, slotOf } from "./geometry.js";

const REACH = 14;

export class EpisodeMap {
  // `onpick(note)`: shown; `onplay(note)`: to be played.
  constructor(place, episode, { onpick, onplay }) {
    this.episode = episode;
    this.onpick = onpick;
    this.onplay = onplay;
    this.themes = new Map(episode.themes.map((theme) => [theme.id, theme]));
    this.notes = episode.notes.map((note) => ({ ...note, heap: heap(`${note.title} ${note.answer} ${this.themes.get(note.theme).name}`) }));
    this.theme = null;
    this.words = [];
    this.at = -1;
    this.mark = null;
    this.tip = el("div.tip", { hidden: true });
    this.slider = el("div.slider", {
      role: "slider", tabindex: 0, "aria-label": "Notes of the episode. Arrow keys walk, Page keys jump a chapter, Enter plays.",
      "aria-valuemin": 0, "aria-valuemax": episode.duration_seconds, "aria-valuenow": 0, "aria-valuetext": "Start",
      "aria-orientation": "horizontal",
    });
    place.replaceChildren(this.slider, this.tip);
    this.place = place;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(place);
  }

  // --- drawing

  draw() {
    const width = Math.floor(this.place.clientWidth);
    if (!width || width === this.drawnWidth) return;
    this.drawnWidth = width;
    const geo = (this.geo = geometry(width, this.episode.themes.length, this.episode.duration_seconds));
    this.bars = this.notes.map((note) => svg("rect.bar", { ...geo.rect(note.start_seconds, note.end_seconds, ...slotOf(geo, note)), fill: this.themes.get(note.theme).colour, rx: 1 }));
    this.dots = this.episode.insights.map((one) => this.insightDot(one));
    this.overlay = svg("g.overlay");
    this.picture = svg("svg", { viewBox: `0 0 ${width} ${geo.height}`, width, height: geo.height, "aria-hidden": "true" },
      this.lanes(), this.scale(), this.density(), svg("g.bars", {}, this.bars), svg("g.dots", {}, this.dots), this.chapters(), this.overlay);
    this.slider.replaceChildren(this.picture);
    this.filter();
    this.drawOverlay();
  }

  lanes() {
    const geo = this.geo;
    return svg("g.lanes", {}, this.episode.themes.map((theme, lane) => {
      const from = (geo.isWide ? geo.top : geo.left) + lane * geo.lane;
      const middle = from + geo.lane / 2;
      const band = svg("rect.lane", geo.rect(0, this.episode.duration_seconds, from + 1, from + geo.lane - 1));
      if (!geo.isWide) return [band, svg("text.emoji", { x: middle, y: geo.top - 10, "text-anchor": "middle" }, theme.emoji)];
      return [band, svg("circle", { cx: 8, cy: middle, r: 4.5, fill: theme.colour }), svg("text.lane-name", { x: 20, y: middle + 4 }, cut(theme.name, 21))];
    }));
  }

  chapters() {
    const geo = this.geo;
    return svg("g.chapters", {}, this.episode.chapters.map((chapter, number) => {
      const area = geo.rect(chapter.start_seconds, chapter.end_seconds, ...geo.chapters);
      if (!geo.isWide) {
        const room = geo.along(chapter.end_seconds) - geo.along(chapter.start_seconds);
        return [svg("line.edge", { x1: geo.left - 6, x2: geo.right, y1: area.y, y2: area.y }),
          room > 13 ? svg("text.over", { x: geo.left + 3, y: area.y + 11 }, cut(chapter.title, Math.floor((geo.right - geo.left) / 5.6))) : null];
      }
      const title = cut(chapter.title, Math.floor((area.width - 8) / 6.3));
      return svg("g", {}, svg("title", {}, `${clock(chapter.start_seconds)} ${chapter.title}`),
        svg(number % 2 ? "rect.chapter.odd" : "rect.chapter", { ...area, rx: 2 }),
        svg("line.edge", { x1: area.x, x2: area.x, y1: geo.top, y2: geo.bottom }),
        title.length > 2 ? svg("text.chapter-name", { x: area.x + 4, y: area.y + 15 }, title) : null);
    }));
  }

  density() {
    const geo = this.geo;
    const counts = this.episode.notes_per_minute;
    const most = Math.max(1, ...counts);
    const [from, to] = geo.density;
    const bars = counts.map((count, minute) => {
      const end = Math.min((minute + 1) * 60, this.episode.duration_seconds);
      const size = ((to - from) * count) / most;
      const area = geo.isWide ? geo.rect(minute * 60, end, to - size, to) : geo.rect(minute * 60, end, from, from + size);
      return svg("rect", { ...area, opacity: 0.35 + (0.65 * count) / most });
    });
    const name = geo.isWide ? svg("text.lane-name.soft", { x: 20, y: to - 4 }, "notes a minute") : null;
    return svg("g.density", {}, bars, name);
  }

  scale() {
    const geo = this.geo;
    const end = this.episode.duration_seconds;
    const ticks = [];
    for (let second = 0; second < end - geo.tickStep * 0.75; second += geo.tickStep) ticks.push(second);
    return svg("g.scale", {}, [...ticks, end].map((second) => {
      if (!geo.isWide) return svg("text", { x: geo.left - 8, y: geo.along(second) + (second === end ? 2 : 4), "text-anchor": "end" }, clock(second));
      const anchor = second === 0 ? "start" : second === end ? "end" : "middle";
      return svg("text", { x: geo.along(second), y: geo.height - 6, "text-anchor": anchor }, clock(second));
    }));
  }

  insightDot(insight) {
    const lane = this.episode.themes.findIndex((theme) => theme.id === insight.theme);
    const geo = this.geo;
    const across = (geo.isWide ? geo.top : geo.left) + (lane + 0.5) * geo.lane;
    const { x, y } = geo.point(insight.start_seconds, across);
    return svg("circle.insight", { cx: x, cy: y, r: 3.2 });
  }

  drawOverlay() {
    if (!this.geo) return;
    const parts = [];
    if (this.mark !== null) parts.push(...this.line("mark", this.mark, clock(this.mark)));
    const note = this.notes[this.at];
    if (note) parts.push(svg("rect.chosen", { ...grown(this.geo.rect(note.start_seconds, note.end_seconds, ...slotOf(this.geo, note))), rx: 3 }));
    this.overlay.replaceChildren(...parts);
  }

  line(name, seconds, label) {
    const geo = this.geo;
    const at = geo.along(seconds);
    const half = label.length * 3.7 + 7;
    if (!geo.isWide) {
      return [svg(`line.${name}`, { x1: geo.left - 4, x2: geo.width, y1: at, y2: at }),
        svg(`rect.${name}`, { x: geo.left, y: at - 9, width: half * 2, height: 18, rx: 5 }),
        svg(`text.${name}`, { x: geo.left + half, y: at + 4, "text-anchor": "middle" }, label)];
    }
    const middle = Math.min(Math.max(at, geo.left + half), geo.right - half);
    return [svg(`line.${name}`, { x1: at, x2: at, y1: 16, y2: geo.density[1] }),
      svg(`rect.${name}`, { x: middle - half, y: 0, width: half * 2, height: 18, rx: 5 }),
      svg(`text.${name}`, { x: middle, y: 13, "text-anchor": "middle" }, label)];
  }

  // --- what is shown

  setMark(seconds) {
    this.mark = seconds;
    this.drawOverlay();
  }

  setTheme(theme) {
    this.theme = theme;
    this.filter();
  }

  // Highlight the notes that have every word (its start is enough). Returns how many those are.
  highlight(text) {
    this.words = heap(text).trim().split(" ").filter(Boolean);
    return this.filter();
  }

  isShown(note) {
    return (this.theme === null || note.theme === this.theme) && this.words.every((word) => note.heap.includes(` ${word}`));
  }

  filter() {
    let count = 0;
    const isSearching = this.words.length > 0;
    this.notes.forEach((note, number) => {
      note.shown = this.isShown(note);
      if (note.shown) count += 1;
      const bar = this.bars?.[number];
      if (bar) bar.setAttribute("class", note.shown ? (isSearching ? "bar hit" : "bar") : "bar dim");
    });
    this.dots?.forEach((one, number) => one.setAttribute("class", this.theme && this.episode.insights[number].theme !== this.theme ? "insight dim" : isSearching ? "insight faint" : "insight"));
    return count;
  }

  // --- choosing

  choose(number, { byKey = false } = {}) {
    const note = this.notes[number];
    if (!note) return;
    this.at = number;
    this.drawOverlay();
    this.slider.setAttribute("aria-valuenow", note.start_seconds);
    this.slider.setAttribute("aria-valuetext", `${clock(note.start_seconds)}, ${note.title}, ${this.themes.get(note.theme).name}`);
    this.onpick(note);
    if (byKey) this.showTip(number, this.geo.point(note.start_seconds, slotOf(this.geo, note)[1]));
  }

  listen() {
    const slider = this.slider;
    slider.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.hover(event));
    slider.addEventListener("pointerleave", () => (this.tip.hidden = true));
    slider.addEventListener("blur", () => (this.tip.hidden = true));
    slider.addEventListener("pointerdown", (event) => (this.pointer = event.pointerType));
    slider.addEventListener("click", (event) => {
      const number = this.noteAt(event);
      if (number < 0) return;
      this.choose(number);
      if (this.pointer !== "touch") this.onplay(this.notes[number]);
    });
    slider.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    let next = null;
    if (event.key in steps) next = this.walk(this.at, steps[event.key]);
    else if (event.key === "Home") next = this.walk(-1, 1);
    else if (event.key === "End") next = this.walk(this.notes.length, -1);
    else if (event.key === "PageDown" || event.key === "PageUp") next = this.chapterStep(event.key === "PageDown" ? 1 : -1);
    else if ((event.key === "Enter" || event.key === " ") && this.at >= 0) this.onplay(this.notes[this.at]);
    else if (event.key === "Escape") this.tip.hidden = true;
    else return;
    event.preventDefault();
    if (next !== null) this.choose(next, { byKey: true });
  }

  walk(from, step) {
    for (let number = from + step; number >= 0 && number < this.notes.length; number += step) if (this.notes[number].shown) return number;
    return from >= 0 && from < this.notes.length ? from : null;
  }

  chapterStep(step) {
    const now = this.at < 0 ? -1 : this.notes[this.at].start_seconds;
    const chapters = this.episode.chapters;
    const current = chapters.findIndex((chapter) => now >= chapter.start_seconds && now < chapter.end_seconds);
    const target = chapters[Math.min(Math.max(current + step, 0), chapters.length - 1)];
    const number = this.notes.findIndex((note) => note.shown && note.start_seconds >= target.start_seconds);
    return number < 0 ? null : number;
  }

  hover(event) {
    const number = this.noteAt(event);
    this.slider.classList.toggle("is-over", number >= 0);
    if (number < 0) {
      this.tip.hidden = true;
      return;
    }
    const area = this.slider.getBoundingClientRect();
    this.showTip(number, { x: event.clientX - area.left, y: event.clientY - area.top });
  }

  // The note under the pointer: of that lane the nearest in time, its own slot first. -1: none in reach.
  noteAt(event) {
    const area = this.slider.getBoundingClientRect();
    const x = event.clientX - area.left, y = event.clientY - area.top;
    const lane = this.geo.laneAt(x, y);
    const along = this.geo.isWide ? x : y, across = this.geo.isWide ? y : x;
    let best = -1, least = REACH;
    this.notes.forEach((note, number) => {
      if (note.lane !== lane || !note.shown) return;
      const start = this.geo.along(note.start_seconds), end = this.geo.along(note.end_seconds);
      const [from, to] = slotOf(this.geo, note);
      const outside = Math.max(start - along, along - end, 0);
      const distance = outside + (across < from || across > to ? 1.5 : 0);
      if (distance < least) [best, least] = [number, distance];
    });
    return best;
  }

  showTip(number, { x, y }) {
    const note = this.notes[number];
    const theme = this.themes.get(note.theme);
    const insight = this.episode.insights.find((one) => one.note === note.id);
    this.tip.replaceChildren(
      el("p.tip-head", {}, dot(theme.colour), ` ${clock(note.start_seconds)} · ${theme.name}`),
      el("p", {}, el("strong", {}, note.title)),
      insight ? el("p.soft", {}, `Insight: ${insight.text}`) : "",
    );
    this.tip.hidden = false;
    const width = Math.min(300, this.place.clientWidth - 8);
    this.tip.style.setProperty("width", `${width}px`);
    const left = Math.min(Math.max(4, x + 14), this.place.clientWidth - width - 4);
    const below = y + 20 + this.tip.offsetHeight < this.geo.height + 60;
    this.tip.style.setProperty("left", `${left}px`);
    this.tip.style.setProperty("top", `${below ? y + 18 : Math.max(0, y - this.tip.offsetHeight - 12)}px`);
  }
}

// Text for finding the starts of words in: lower case, without accents, a blank before each word.
function heap(text) {
  return " " + text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}$%]+/gu, " ");
}

function cut(text, letters) {
  if (text.length <= letters) return text;
  return letters < 4 ? "" : text.slice(0, letters - 1).trimEnd() + "…";
}

function grown(area) {
  return { x: area.x - 2, y: area.y - 2, width: area.width + 4, height: area.height + 4 };
}
