// A Discord message drawn from its payload: embeds and components, as far as our renderer uses them.

import { el, outward } from "./dom.js";
import { discordMarkdown } from "./markup.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

export function drawDiscord(payload, pictures) {
  const embeds = (payload.embeds || []).map((embed) => drawEmbed(embed, pictures));
  return el("div.chat.discord", {},
    el("div.avatar", { "aria-hidden": "true" }, el("img", { src: "/static/icon.svg", alt: "" })),
    el("div.message", {},
      el("p.author", {}, el("strong", {}, "Chapter & Verse"), el("span.badge", {}, "APP"), el("span.when", {}, "Today at 12:00")),
      payload.content ? el("div.content", {}, discordMarkdown(payload.content)) : null,
      embeds,
      (payload.components || []).map((part) => drawComponent(part, pictures)),
    ),
  );
}

function drawEmbed(embed, pictures) {
  const box = el("div.embed", {},
    embed.author?.name ? el("p.embed-author", {}, embed.author.name) : null,
    embed.title ? el("p.embed-title", {}, embed.url ? outward(embed.url, {}, discordMarkdown(embed.title)) : discordMarkdown(embed.title)) : null,
    embed.description ? el("div.embed-text", {}, discordMarkdown(embed.description)) : null,
    embed.fields?.length ? el("div.fields", {}, embed.fields.map(drawField)) : null,
    drawPicture(embed.image?.url, pictures),
    embed.footer?.text ? el("p.embed-foot", {}, embed.footer.text) : null,
  );
  if (Number.isInteger(embed.color)) box.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return box;
}

function drawField(field) {
  return el(field.inline ? "div.field.inline" : "div.field", {},
    el("p.name", {}, discordMarkdown(field.name)), el("div", {}, discordMarkdown(field.value)));
}

// A picture that comes along as a file is ours: the strip of this very moment.
function drawPicture(url, pictures) {
  if (!url) return null;
  return el("img.picture", { src: url.startsWith("attachment://") ? pictures.src : "", alt: pictures.alt, loading: "lazy" });
}

function drawComponent(part, pictures) {
  switch (part.type) {
    case 1:
      return el("div.row", {}, (part.components || []).map((inner) => drawComponent(inner, pictures)));
    case 2:
      return drawButton(part);
    case 3:
      return el("span.select", {}, part.placeholder || "Choose", " ⌄");
    case 9:
      return el("div.section", {}, el("div", {}, (part.components || []).map((inner) => drawComponent(inner, pictures))),
        part.accessory ? drawComponent(part.accessory, pictures) : null);
    case 10:
      return el("div.content", {}, discordMarkdown(part.content));
    case 12:
      return el("div", {}, (part.items || []).map((item) => drawPicture(item.media?.url, pictures)));
    case 14:
      return el("hr");
    case 17: {
      const box = el("div.embed", {}, (part.components || []).map((inner) => drawComponent(inner, pictures)));
      if (Number.isInteger(part.accent_color)) box.style.setProperty("--bar", `#${part.accent_color.toString(16).padStart(6, "0")}`);
      return box;
    }
    default:
      return el("p.unknown", {}, "A part this page does not draw.");
  }
}

function drawButton(part) {
  const name = `button.${STYLES[part.style] || "secondary"}`;
  const label = [part.emoji?.name ? `${part.emoji.name} ` : "", part.label || ""];
  if (part.url) return outward(part.url, { class: name.replace(".", " ") }, label, el("span.leaves", { "aria-hidden": "true" }, " ↗"));
  return el(`span.${name}`, { "data-disabled": part.disabled ? "" : null }, label);
}
