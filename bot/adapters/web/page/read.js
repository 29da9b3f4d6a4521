// The page to read: `#t=4190` finds the note that is playing at that second.

import { setUpShade } from "./shade.js";

function follow() {
  const match = /^#t=(\d{1,7})$/.exec(location.hash);
  for (const old of document.querySelectorAll(".is-meant")) old.classList.remove("is-meant");
  if (!match) return;
  const second = Number(match[1]);
  const exact = document.getElementById(`t=${second}`);
  const places = [...document.querySelectorAll("article[data-start]")];
  const before = places.filter((place) => Number(place.dataset.start) <= second).at(-1);
  const meant = exact || before || places[0];
  if (!meant) return;
  meant.classList.add("is-meant");
  meant.scrollIntoView({ block: exact && exact.tagName === "H2" ? "start" : "center" });
}

setUpShade(document.getElementById("shade"));
addEventListener("hashchange", follow);
follow();
