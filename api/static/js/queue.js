// One card after the other, decided with one key. A decision shows the next card at once and is sent behind
// it, in order; if it fails, the card comes back and the screen says so.
"use strict";

const screen_ = document.querySelector(".queue");
const cards = () => [...document.querySelectorAll("#cards > .card:not(.leaving)")];
const now = () => document.querySelector("#cards > .card.now");
let work = Promise.resolve();

function say(key) {
  document.getElementById("queue-says").textContent = key ? screen_.dataset[key] : "";
}

function show(card) {
  for (const each of document.querySelectorAll("#cards > .card.now")) each.classList.remove("now");
  const empty = document.getElementById("queue-empty");
  empty.hidden = Boolean(card);
  if (!card) return;
  card.classList.add("now");
  card.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function ahead() {
  const all = cards();
  const at = all.indexOf(now());
  return at < 0 ? 0 : all.length - at;
}

function held(form) {
  const data = new FormData(form ?? undefined);
  for (const card of document.querySelectorAll("#cards > .card")) data.append("seen", card.dataset.post);
  data.append("ahead", ahead());
  return new URLSearchParams(data);
}

async function ask(address, options) {
  const headers = { "x-part": "cards", "x-proof": document.body.dataset.proof };
  const response = await fetch(address, { ...options, headers, redirect: "error" });
  if (response.status === 401) window.location.assign("/login?expired=1&next=/queue");
  if (!response.ok) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function take(answer) {
  for (const id of ["queue-head", "undo"]) {
    document.getElementById(id).replaceWith(answer.getElementById(id));
  }
  document.getElementById("rail-waiting").textContent = document.getElementById("queue-head").dataset.waiting;
  const head = document.getElementById("queue-head");
  const list = document.getElementById("cards");
  const known = new Set(cards().map((card) => card.dataset.post));
  for (const card of answer.querySelectorAll("#cards > .card")) {
    const back = "back" in card.dataset;
    if (back) {
      const before = cards().filter((each) => each.dataset.post === card.dataset.post);
      list.insertBefore(card, now());
      show(card);
      before.forEach((each) => each.remove());
    } else if (!known.has(card.dataset.post)) {
      list.append(card);
    }
  }
  if (!now()) {
    show(cards()[0] ?? null);
    say("");
  }
  drop(new Set(JSON.parse(head.dataset.gone)));
  if (head.dataset.says) say(head.dataset.says);
}

// Cards that wait no more, for someone else decided on them; the one at hand stays under the reader's eyes.
function drop(gone) {
  for (const card of cards()) if (card !== now() && gone.has(card.dataset.post)) card.remove();
}

function enqueue(task) {
  work = work.then(task).catch(() => say("failed"));
  return work;
}

function leave(card) {
  const all = cards();
  const at = all.indexOf(card);
  card.classList.remove("now");
  card.classList.add("leaving");
  const next = all[at + 1] ?? all[at - 1];
  if (next) show(next);
  else say("fetching");
}

function decide(form) {
  const card = form.closest(".card");
  const body = new FormData(form);
  say("");
  leave(card);
  enqueue(async () => {
    try {
      const data = held();
      for (const [name, value] of body) data.append(name, value);
      const answer = await ask(form.action, { method: "POST", body: data });
      card.remove();
      take(answer);
    } catch (error) {
      card.classList.remove("leaving");
      show(card);
      throw error;
    }
  });
}

function split(form) {
  const row = form.closest(".relative");
  say("");
  enqueue(async () => {
    take(await ask(form.action, { method: "POST", body: held(form) }));
    row.classList.add("was-split");
    form.remove();
  });
}

function send(form) {
  say("");
  return ask(form.action, { method: "POST", body: held(form) }).then(take);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action.includes("/queue/")) return;
  event.preventDefault();
  if (form.matches(".split")) split(form);
  else if (form.closest(".card")) decide(form);
  else enqueue(() => send(form));
});

function pass() {
  const next = now()?.nextElementSibling;
  if (next) show(next);
  enqueue(async () => {
    if (ahead() > 1) return;
    if (!next) say("fetching");
    const before = cards().length;
    take(await ask(`/queue/cards?${held()}`, {}));
    say("");
    if (!next) show(cards()[before] ?? null);
  });
}

function back() {
  const previous = now() ? now().previousElementSibling : cards().at(-1);
  if (previous) show(previous);
}

function press(key) {
  const card = now();
  if (key === "j") return pass();
  if (key === "k") return back();
  if (["z", "a", "c", "s", "n"].includes(key)) {
    return enqueue(() => {
      const button = document.querySelector(`#undo [data-key="${key}"]`);
      return button ? send(button.form) : undefined;
    });
  }
  if (key === "x") {
    const focused = document.activeElement.closest(".relative")?.querySelector("[data-splits]");
    const button = focused ?? card?.querySelector("[data-splits]");
    return button ? button.form.requestSubmit() : say("nothingToSplit");
  }
  const button = card?.querySelector(`[data-key="${key}"]`);
  if (button) button.click();
  else if (key === "o") say("noAddress");
  return undefined;
}

const KEYS = new Set(["1", "2", "3", "u", "x", "z", "j", "k", "o", "a", "c", "s", "n"]);

// Vietnamese input methods may hide the key; then its place on the keyboard says which it was.
function keyOf(event) {
  const key = event.key === "Process" ? event.code.replace(/^(Key|Digit)/, "") : event.key;
  return key.toLowerCase();
}

document.addEventListener("keydown", (event) => {
  const key = keyOf(event);
  if (!KEYS.has(key) || event.repeat || typing(event) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  press(key);
});

screen_.classList.add("by-keys");
show(cards()[0]);
