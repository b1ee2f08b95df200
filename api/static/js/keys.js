// Keys of every screen: / to the search box, ? to the list of keys; and forms that send themselves.
"use strict";

function typing(event) {
  const at = event.target;
  return event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable
    || (at.matches("input, select, textarea") && !["checkbox", "radio"].includes(at.type));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.target.matches("input, select")) {
    event.preventDefault();
    event.target.blur();
  }
  if (typing(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const box = document.getElementById("q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys").showModal();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  for (const open of document.querySelectorAll("details.me[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.name === "exact" && document.getElementById("q").value) form.requestSubmit();
  if (form && form.matches("[data-submits]") && event.target.matches("select")) form.requestSubmit();
});

// Empty fields are no part of a state: leave them out of the address.
document.addEventListener("submit", (event) => {
  // A post opened since the page came is part of the address too.
  if (event.target.matches("[action='/choices']") && location.pathname === "/search") {
    event.target.elements.next.value = location.pathname + location.search;
  }
  if (event.target.method !== "get") return;
  const period = event.target.querySelector("select[name=period]");
  for (const field of event.target.elements) {
    const overruled = period && period.value && ["from", "to"].includes(field.name);
    if (field.name && (!field.value || overruled)) field.disabled = true;
  }
});

// A page that comes back from the browser's memory has its fields again.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});
