// Light or dark: the system's choice until the person chooses; the choice stays in this browser.

const KEY = "shade";

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
}

export function setUpShade(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = stored();
  const show = () => {
    root.dataset.shade = chosen || (system.matches ? "dark" : "light");
    button.setAttribute("aria-label", root.dataset.shade === "dark" ? "Switch to light" : "Switch to dark");
  };
  system.addEventListener("change", show);
  button.addEventListener("click", () => {
    chosen = root.dataset.shade === "dark" ? "light" : "dark";
    keep(chosen);
    show();
  });
  show();
}
