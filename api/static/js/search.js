// Rows by keyboard, the chosen row marked, and a period brushed over the histogram of days.
"use strict";

function rows() {
  return [...document.querySelectorAll("#rows .row")];
}

function markChosen() {
  const pane = document.getElementById("pane");
  for (const row of rows()) {
    if (pane && row.dataset.post === pane.dataset.post) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

// The keyboard goes on where the new part begins: in the post, or at the first of the further rows.
let known = rows().length;
document.addEventListener("htmx:afterSettle", (event) => {
  markChosen();
  const further = rows()[known];
  known = rows().length;
  if (event.target.id === "pane") event.target.focus({ preventScroll: true });
  else if (further) further.focus({ preventScroll: true });
});

for (const name of ["htmx:beforeRequest", "htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, () => {
    document.getElementById("search-says").hidden = name === "htmx:beforeRequest";
  });
}

document.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || typing(event) || document.querySelector("dialog[open]")) return;
  const all = rows();
  const now = all.indexOf(document.activeElement.closest(".row"));
  const chosen = now >= 0 ? now : all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, chosen + (event.key === "j" ? 1 : -1)))];
  if (next) next.focus();
});

const days = document.getElementById("days");

function dayAt(x) {
  const box = days.getBoundingClientRect();
  const share = Math.min(0.9999, Math.max(0, (x - box.left) / box.width));
  const first = Date.parse(days.dataset.first);
  const span = (Date.parse(days.dataset.last) - first) / 86400000 + 1;
  return new Date(first + Math.floor(share * span) * 86400000).toISOString().slice(0, 10).split("-").reverse().join("/");
}

function brush(from, to) {
  const box = days.getBoundingClientRect();
  const rect = document.getElementById("brush");
  rect.setAttribute("x", (100 * (Math.min(from, to) - box.left)) / box.width);
  rect.setAttribute("width", (100 * Math.abs(to - from)) / box.width);
}

if (days) {
  let began = null;
  days.addEventListener("dragstart", (event) => event.preventDefault());
  days.addEventListener("pointerdown", (event) => {
    began = event.clientX;
  });
  window.addEventListener("pointermove", (event) => {
    if (began !== null) brush(began, event.clientX);
  });
  window.addEventListener("pointerup", (event) => {
    if (began === null) return;
    const [from, to] = [Math.min(began, event.clientX), Math.max(began, event.clientX)];
    began = null;
    if (to - from < 4) return;
    const form = document.getElementById("period");
    form.elements.from.value = dayAt(from);
    form.elements.to.value = dayAt(to);
    form.requestSubmit();
  });
}

// On a narrow window the facets start folded: results come first.
const folds = document.querySelector("[data-folds]");
if (folds && window.matchMedia("(max-width: 640px)").matches) folds.open = false;
