// A Slack message drawn from its payload: Block Kit, as far as our renderer uses it.

import { el, outward } from "./dom.js";
import { slackMarkdown } from "./markup.js";

export function drawSlack(payload, pictures) {
  const blocks = payload.blocks || [];
  return el("div.chat.slack", {},
    el("div.avatar", { "aria-hidden": "true" }, el("img", { src: "/static/icon.svg", alt: "" })),
    el("div.message", {},
      el("p.author", {}, el("strong", {}, "Chapter & Verse"), el("span.badge", {}, "APP"), el("span.when", {}, "12:00")),
      blocks.length ? blocks.map((block) => drawBlock(block, pictures)) : el("div", {}, slackMarkdown(payload.text)),
    ),
  );
}

function drawBlock(block, pictures) {
  switch (block.type) {
    case "header":
      return el("p.header", {}, drawText(block.text));
    case "section":
      return el("div.section", {},
        el("div", {}, block.text ? el("div", {}, drawText(block.text)) : null,
          block.fields ? el("div.fields", {}, block.fields.map((field) => el("div.field.inline", {}, drawText(field)))) : null),
        block.accessory ? drawElement(block.accessory, pictures) : null);
    case "context":
      return el("div.context", {}, block.elements.map((part) => drawElement(part, pictures)));
    case "actions":
      return el("div.row", {}, block.elements.map((part) => drawElement(part, pictures)));
    case "divider":
      return el("hr");
    case "image":
      return el("img.picture", { src: block.slack_file ? pictures.src : ours(block.image_url), alt: block.alt_text || "" });
    default:
      return el("p.unknown", {}, "A part this page does not draw.");
  }
}

function drawElement(part, pictures) {
  switch (part.type) {
    case "mrkdwn":
    case "plain_text":
      return el("span", {}, drawText(part));
    case "button":
      return drawButton(part);
    case "image":
      return el("img.small", { src: ours(part.image_url), alt: part.alt_text || "" });
    case "static_select":
    case "overflow":
      return el("span.select", {}, part.placeholder ? part.placeholder.text : "•••");
    default:
      return el("span.unknown", {}, "A part this page does not draw.");
  }
}

function drawButton(part) {
  const name = `button ${part.style || "secondary"}`;
  const spoken = part.accessibility_label || null;
  if (part.url) return outward(part.url, { class: name, "aria-label": spoken }, drawText(part.text));
  return el("span", { class: name, title: spoken }, drawText(part.text));
}

function drawText(text) {
  return text.type === "mrkdwn" ? slackMarkdown(text.text) : [text.text];
}

// Only pictures of this server are shown; the policy of the page forbids all others.
function ours(url) {
  const place = new URL(url || "", location.href);
  return place.origin === location.origin ? place.href : null;
}
