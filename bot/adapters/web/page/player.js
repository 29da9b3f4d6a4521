// The video, on demand: nothing is asked of another host before play is pressed.

import { el, outward } from "./dom.js";

const HOST = "https://www.youtube-nocookie.com";
const PATIENCE = 6000;

export class Player {
  constructor(place, videoId) {
    this.place = place;
    this.videoId = videoId;
    this.timer = 0;
    addEventListener("message", (event) => {
      if (event.origin === HOST && this.frame && event.source === this.frame.contentWindow) this.lives();
    });
  }

  play(moment, title) {
    clearTimeout(this.timer);
    const start = Math.max(0, Math.floor(moment.start_seconds));
    this.returnTo = document.activeElement;
    this.hint = el("p.hint", { hidden: true }, "The video does not load here. The link plays it at the same second.");
    this.frame = navigator.onLine ? this.embed(start, title) : null;
    if (!this.frame) {
      this.hint.hidden = false;
      this.hint.textContent = "You are offline, so the video cannot play here. The link keeps the second.";
    }
    const link = outward(moment.url, { class: "on-youtube" }, `▶ ${moment.clock} on YouTube`);
    const close = el("button.quiet", { type: "button", "aria-label": "Close the video", onclick: () => this.close() }, "✕");
    this.place.replaceChildren(
      el("div.player-head", {}, el("p", {}, title), close),
      ...[this.frame, this.hint, el("p.player-foot", {}, link)].filter(Boolean),
    );
    this.place.hidden = false;
    document.body.classList.add("has-player");
    if (this.frame) this.timer = setTimeout(() => (this.hint.hidden = false), PATIENCE);
  }

  embed(start, title) {
    const options = new URLSearchParams({ start, autoplay: 1, rel: 0, enablejsapi: 1, origin: location.origin });
    const frame = el("iframe", {
      src: `${HOST}/embed/${encodeURIComponent(this.videoId)}?${options}`,
      title: `Video: ${title}`,
      allow: "autoplay; encrypted-media; fullscreen; picture-in-picture",
      referrerpolicy: "strict-origin-when-cross-origin",
    });
    // A player that is really there answers this greeting.
    frame.addEventListener("load", () => frame.contentWindow?.postMessage('{"event":"listening","id":1}', "*"));
    return frame;
  }

  lives() {
    clearTimeout(this.timer);
    this.hint.hidden = true;
  }

  close() {
    clearTimeout(this.timer);
    this.place.hidden = true;
    this.place.replaceChildren();
    this.frame = null;
    document.body.classList.remove("has-player");
    if (this.returnTo instanceof Element && this.returnTo.isConnected) this.returnTo.focus();
  }
}
