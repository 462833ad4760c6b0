// The queue: places the server's rows in the view that is open, and keeps clocks, counts and title true.
// The fragments are the state; nothing is kept here but what the reader cannot see.

import { call, offerNotifications } from "./calls.js";
import { connect } from "./socket.js";

const EVERY_MINUTE = 60_000;
const MOST_COUNTED = 999;
const known = new Set(); // handoffs that this page has shown or called for
let ahead = 0; // how far the server's clock is ahead of ours, in milliseconds
let fetching = null; // frames that came in during a fetch, which may be newer than its answer

const queue = () => document.getElementById("queue");
const rows = () => document.getElementById("rows");
const me = document.body.dataset.me;

// Which rows, and in which order.

const isMine = (row) => row.dataset.state !== "finished" && (row.dataset.assignee === me || row.dataset.person === me);

function belongs(row) {
  const view = queue().dataset.view;
  return view === "mine" ? isMine(row) : row.dataset.state === view;
}

function isBefore(one, other) {
  const oldestFirst = queue().dataset.order === "requested";
  const key = oldestFirst ? "requested" : "last";
  const apart = Number(one.dataset[key]) - Number(other.dataset[key]) || Number(one.dataset.id) - Number(other.dataset.id);
  return oldestFirst ? apart < 0 : apart > 0;
}

const byId = (id) => document.getElementById(id);

function place(row) {
  const old = byId(row.id);
  if (old && Number(old.dataset.seq) > Number(row.dataset.seq)) return;
  if (!belongs(row)) {
    old?.remove();
    return;
  }
  const held = old?.contains(document.activeElement);
  const fresh = document.importNode(row, true);
  const link = fresh.querySelector(".row-link");
  const address = `${link.getAttribute("href").split("?")[0]}?view=${queue().dataset.view}`;
  link.setAttribute("href", address);
  link.setAttribute("hx-get", address);
  const next = [...rows().children].find((other) => other !== old && isBefore(fresh, other));
  if (!next && !old && byId("more")) return; // further down than what was loaded
  fresh.classList.toggle("is-new", !old);
  if (old && (old.nextElementSibling ?? undefined) === next) {
    old.replaceWith(fresh);
  } else {
    old?.remove();
    rows().insertBefore(fresh, next ?? null);
  }
  htmx.process(fresh);
  if (held) fresh.querySelector(".row-link").focus({ preventScroll: true });
}

// What the server sends.

function apply(frame) {
  if (fetching) {
    fetching.push(frame.cloneNode(true));
    return;
  }
  const news = frame.getElementById("news");
  if (!news) return;
  setClock(news);
  const hadRows = rows().childElementCount > 0;
  for (const row of news.children) {
    place(row);
    countMine(row);
  }
  frame.querySelectorAll(".count").forEach((count) => byId(count.id)?.replaceWith(document.importNode(count, true)));
  const called = news.dataset.called.split(" ").filter(Boolean);
  for (const row of news.children) if (called.includes(row.dataset.handoff)) callOnce(row);
  refresh();
  if (hadRows && !rows().childElementCount) refetch(); // what is said of an empty list has figures in it
}

function callOnce(row) {
  const theirs = row.dataset.assignee && row.dataset.assignee !== me;
  if (!known.has(row.dataset.handoff) && !theirs) call(row);
  known.add(row.dataset.handoff);
}

function countMine(row) {
  const views = byId("views");
  const mine = new Set(views.dataset.mine.split(" ").filter(Boolean));
  if (mine.size > MOST_COUNTED) return; // the next fetch counts anew
  isMine(row) ? mine.add(row.dataset.id) : mine.delete(row.dataset.id);
  views.dataset.mine = [...mine].join(" ");
  const count = byId("count-mine");
  count.textContent = count.dataset.count = mine.size > MOST_COUNTED ? `${MOST_COUNTED}+` : mine.size;
}

// The list whole: on every connection, on return to the tab, and each minute. Rows of further pages stay.
async function refetch() {
  if (fetching) return;
  fetching = [];
  const view = queue().dataset.view;
  try {
    const answer = await fetch(`/inbox/?view=${view}`, { headers: { "HX-Request": "true", "HX-Target": "queue" } });
    if (answer.headers.has("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
    else if (answer.ok && queue().dataset.view === view) merge(await answer.text());
  } catch {
    // Not reachable now; the socket knows when it is again.
  } finally {
    const waiting = fetching;
    fetching = null;
    waiting.forEach(apply);
    refresh();
  }
}

function merge(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const answer = holder.content;
  const list = answer.getElementById("rows");
  const more = answer.getElementById("more");
  if (!list) return;
  const ids = new Set([...list.children].map((row) => row.id));
  const last = list.lastElementChild;
  for (const row of [...rows().children]) {
    if (!ids.has(row.id) && (!more || isBefore(row, last))) row.remove();
  }
  const isWhole = !more || rows().children.length <= list.children.length;
  if (isWhole) byId("more")?.remove();
  for (const row of list.children) {
    place(row);
    if (row.dataset.state === "waiting") callOnce(row);
  }
  if (isWhole && more) {
    rows().after(more);
    htmx.process(more);
  }
  const empty = answer.querySelector(".empty");
  if (empty) queue().querySelector(".empty").replaceWith(empty);
  const views = answer.getElementById("views");
  views.removeAttribute("hx-swap-oob");
  byId("views").replaceWith(views);
  htmx.process(views);
  setClock(list);
}

// What ticks.

function setClock(element) {
  ahead = Number(element.dataset.now) - Date.now();
}

function running(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function ago(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return rows().dataset.nowWord;
  if (minutes < 60) return `${minutes}m`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`;
}

function tick() {
  const { target, late, longWord, lateWord } = rows().dataset;
  for (const clock of rows().querySelectorAll(".clock")) {
    const seconds = Math.max(0, Math.floor((Date.now() + ahead - Number(clock.dataset.since)) / 1000));
    const waits = "running" in clock.dataset;
    write(clock.querySelector("[data-figures]"), waits ? running(seconds) : ago(seconds));
    if (!waits || seconds < Number(target)) continue;
    const isLate = seconds >= Number(late);
    clock.dataset.lateness = isLate ? "late" : "long";
    write(clock.querySelector("[data-lateness-word]"), isLate ? lateWord : longWord);
  }
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const title = document.title;
function refresh() {
  tick();
  const waiting = byId("count-waiting").textContent;
  document.title = waiting === "0" ? title : `(${waiting}) ${title}`;
  for (const link of rows().querySelectorAll(".row-link")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// What the reader does.

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "pane") byId("pane").focus({ preventScroll: true });
  for (const row of rows().children) if (row.dataset.state === "waiting") known.add(row.dataset.handoff);
  if (event.detail.target?.id === "queue") {
    setClock(rows());
    byId("views").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }
  refresh();
});
document.addEventListener("htmx:pushedIntoHistory", refresh);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const way = { j: 1, k: -1 }[event.key];
  if (!way) return;
  const links = [...rows().querySelectorAll(".row-link")];
  const here = links.indexOf(document.activeElement);
  const from = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
  links[from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + way))]?.focus();
});

const menu = document.querySelector("[data-menu]");
document.addEventListener("click", (event) => {
  if (menu.open && !menu.contains(event.target)) menu.open = false;
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

const themes = document.querySelector("[data-themes]");
function showTheme() {
  const chosen = document.documentElement.dataset.theme ?? "auto";
  themes.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  });
}
themes.hidden = false;
themes.addEventListener("click", ({ target }) => {
  const choice = target.dataset.themeChoice;
  if (!choice) return;
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  localStorage.setItem("vivollo.theme", choice);
  showTheme();
});
showTheme();

// Start.

for (const row of rows().children) if (row.dataset.state === "waiting") known.add(row.dataset.handoff);
for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = matchMedia("(hover: none)").matches;
offerNotifications();
setClock(rows());
refresh();
setInterval(tick, 1_000);
setInterval(() => document.visibilityState === "visible" && refetch(), EVERY_MINUTE);

let lost = 0;
const showLost = (is) => {
  const note = document.querySelector("[data-lost]");
  if (note) note.hidden = !is;
};
connect("/ws/inbox/", {
  onFrame: apply,
  onRefetch: refetch,
  onOpen() {
    clearTimeout(lost);
    showLost(false);
  },
  onLost() {
    clearTimeout(lost);
    lost = setTimeout(showLost, 2_000, true);
  },
  onRefused: () => location.assign(`/inbox/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`),
});
