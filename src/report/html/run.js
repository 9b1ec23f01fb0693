"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const cases = [...document.querySelectorAll("details.case")];
  const search = document.getElementById("search");
  const chips = [...document.querySelectorAll("[data-filter]")];
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true")
      .map((chip) => chip.dataset.filter);
    let count = 0;
    for (const one of cases) {
      const fits = words.every((word) => one.dataset.words.includes(word))
        && (wanted.length === 0 || wanted.includes(one.dataset.status));
      one.hidden = !fits;
      if (fits) count += 1;
    }
    nothing.hidden = count > 0;
    shown.textContent = count === cases.length ? "" : `${count} of ${cases.length} cases`;
  };
  search.addEventListener("input", filter);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  document.getElementById("fold").addEventListener("click", () => {
    for (const one of cases) one.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === search;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && typing) {
      search.value = "";
      filter();
      search.blur();
    } else if (!typing && (event.key === "j" || event.key === "k")) {
      const visible = cases.filter((one) => !one.hidden);
      const here = visible.indexOf(document.activeElement?.closest?.("details.case"));
      const next = visible[here + (event.key === "j" ? 1 : here < 0 ? visible.length : -1)];
      next?.querySelector("summary").focus();
      next?.scrollIntoView({ block: "nearest" });
    }
  });
})();
