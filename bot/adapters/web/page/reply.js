// An answer or a refusal as elements: plain here, as other platforms show it in their own files.

import { dot, el, outward } from "./dom.js";
import { drawDiscord } from "./discord.js";
import { drawSlack } from "./slack.js";

export function drawView(view, outcome, deeds) {
  if (view === "plain") return drawPlain(outcome, deeds);
  const payload = outcome.shown?.[view];
  if (!payload) return el("p.notice", {}, "This view is not available for this answer.");
  const moment = outcome.moment || outcome.related[0]?.moment;
  const pictures = { src: moment ? `/api/strip.png?t=${moment.start_seconds}` : null, alt: moment ? `The episode with ${moment.clock} marked` : "" };
  return (view === "discord" ? drawDiscord : drawSlack)(payload, pictures);
}

function drawPlain(outcome, deeds) {
  if (outcome.outcome !== "answer") return el("div.plain.refusal", {}, el("p.text", {}, outcome.text));
  const { moment, theme, quote } = outcome;
  return el("div.plain", {},
    el("p.facts", {},
      theme ? el("span.tag", {}, dot(theme.colour), ` ${theme.emoji} ${theme.name}`) : null,
      el("span", {}, outcome.chapter.title), el("span", {}, outcome.speaker)),
    el("p.text", {}, outcome.text),
    quote && outcome.source === "note" ? el("blockquote.quote", {}, el("p", {}, quote.text), quote.speaker ? el("footer", {}, `— ${quote.speaker}`) : null) : null,
    el("div.row", {},
      el("button.primary", { type: "button", onclick: () => deeds.play(moment, outcome.title), id: "play" }, `▶ Play ${moment.clock}`),
      outward(moment.url, { class: "button quiet" }, "On YouTube ↗"),
      outcome.source === "note" ? el("button.quiet", { type: "button", onclick: () => deeds.follow("tell me more") }, "Tell me more") : null),
  );
}

export function drawFurther(outcome, deeds) {
  if (!outcome.related.length) return [];
  const title = outcome.outcome === "answer" ? "Related moments" : "Nearest in this episode";
  return [
    el("h2.kicker", {}, title),
    el("ul.related", {}, outcome.related.map((one) => el("li", {},
      el("button.moment", { type: "button", onclick: () => deeds.open(one.hit_id), disabled: !one.hit_id },
        one.theme ? dot(one.theme.colour) : null, el("span.clock", {}, one.moment.clock), el("span", {}, one.title)),
      el("button.quiet", { type: "button", "aria-label": `Play ${one.moment.clock}, ${one.title}`, onclick: () => deeds.play(one.moment, one.title) }, "▶"),
    ))),
  ];
}
