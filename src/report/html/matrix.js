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

  const rows = [...document.querySelectorAll("tr.entry")];
  const groups = [...document.querySelectorAll("tr.group")];
  const by = (id) => document.getElementById(id);
  const [search, profile, family, verdict, shown] =
    ["search", "profile", "family", "verdict", "shown"].map(by);

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const data = row.dataset;
      const fits = words.every((word) => data.words.includes(word))
        && (!profile.value || data.profile === profile.value)
        && (!family.value || data.family === family.value)
        && (!verdict.value || verdict.value in data);
      row.hidden = !fits;
      if (fits) count += 1;
    }
    for (const group of groups) {
      let next = group.nextElementSibling;
      let any = false;
      while (next && !next.classList.contains("group")) {
        any = any || !next.hidden;
        next = next.nextElementSibling;
      }
      group.hidden = !any;
    }
    shown.textContent = count === rows.length ? "" : `${count} of ${rows.length} rows`;
  };
  for (const input of [search, profile, family, verdict]) input.addEventListener("input", filter);

  // The cells of a row and their exchanges, unpacked once.
  const rowsOfCells = new Map();
  const unpack = async (row) => {
    const packed = by(`z-${row}`)?.content.textContent;
    if (!packed) return null;
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const cells = document.createElement("template");
    cells.innerHTML = await new Response(stream).text();
    return cells.content;
  };
  const cellsOf = (row) => {
    if (!rowsOfCells.has(row)) rowsOfCells.set(row, unpack(row));
    return rowsOfCells.get(row);
  };

  const fill = async (slot) => {
    const cells = await cellsOf(slot.dataset.cells);
    const template = cells?.getElementById(`x-${slot.dataset.exchange}`);
    const place = slot.querySelector(".slot");
    if (!place || place.firstChild) return;
    if (template) place.append(template.content.cloneNode(true));
    else place.textContent = "This exchange is not part of the page; report.jsonl has it.";
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-exchange]") && event.target.open) fill(event.target);
  }, true);

  let from = null;
  const view = by("cell");
  const show = async () => {
    const name = location.hash.slice(1);
    const cells = await cellsOf(name.replace(/-[0-9]+$/, ""));
    if (name !== location.hash.slice(1)) return;
    const cell = cells?.getElementById(name);
    view.hidden = !cell;
    by("matrix").hidden = !!cell;
    view.replaceChildren(...cell ? [document.importNode(cell, true)] : []);
    if (cell) {
      const slots = view.querySelectorAll("details[data-exchange]");
      if (slots.length === 1) slots[0].open = true;
      scrollTo(0, 0);
      view.firstChild.focus({ preventScroll: true });
    } else if (from?.isConnected) {
      from.scrollIntoView({ block: "center" });
      from.focus();
    }
  };
  addEventListener("hashchange", show);
  show();

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("td a.mark");
    if (link) from = link;
  });

  const neighbour = (link, dx, dy) => {
    const cell = link.closest("td");
    let row = cell.parentElement;
    if (dx) {
      let next = cell;
      do { next = dx > 0 ? next.nextElementSibling : next.previousElementSibling; }
      while (next && !next.querySelector("a"));
      return next?.querySelector("a");
    }
    do { row = dy > 0 ? row.nextElementSibling : row.previousElementSibling; }
    while (row && (row.hidden || !row.cells[cell.cellIndex]?.querySelector("a")));
    return row?.cells[cell.cellIndex].querySelector("a");
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.("input, select");
    const link = event.target.closest?.("td a.mark");
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
      search.blur();
    } else if (event.key === "Escape" && location.hash.length > 1) {
      location.hash = "";
    } else if (link && moves[event.key]) {
      event.preventDefault();
      neighbour(link, ...moves[event.key])?.focus();
    } else if (!typing && (event.key === "j" || event.key === "k")) {
      const links = [...document.querySelectorAll("tr.entry:not([hidden]) td a.mark")];
      const here = links.indexOf(document.activeElement);
      links[here + (event.key === "j" ? 1 : here < 0 ? links.length : -1)]?.focus();
    }
  });
})();
