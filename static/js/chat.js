// The customer's chat page. The server's HTML is the state; what is kept here is only where the page stands
// (conversation, position), the token, and the words that are not sent yet. Everything works by plain forms
// without this script; with it, sockets carry news in and posts carry words out.

import { hear, hostOrigin, inFrame, tellHost } from "./chat_host.js";
import { dress, grow, hideDots, isAtEnd, showDots, toEnd } from "./chat_look.js";
import { answer, changed, tidy } from "./chat_offers.js";
import { keep, kept, keptUnsent, key } from "./chat_shelf.js";
import { ask, jitter, lookSoon, uuid, wait } from "./chat_wire.js";

const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const thread = $(".thread"), list = $(".entries"), notice = $(".notice"), pill = $(".down");
const composer = $(".composer"), field = composer.elements.body, phrases = $("#phrases").dataset;

// ── Where the page stands.
let conversation = thread.dataset.conversation;
let position = Number(thread.dataset.seq) || 0;
if (composer.elements.visitor_token.value) keep("token", composer.elements.visitor_token.value);

const place = () => ({ conversation, after: String(position) });
const language = composer.elements.language.value;

// ── Applying news: the same for the answer to a post, a fetch, and a socket's frame.
function apply(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  if ($("#refetch", box.content)) fetchNews();
  const news = $(".news", box.content);
  if (!news) return;
  if (news.dataset.conversation && news.dataset.conversation !== conversation) turnTo(news.dataset.conversation);
  const isGap = Number(news.dataset.after) > position;
  const wasAtEnd = isAtEnd();
  const fresh = [...news.querySelectorAll(".entry")].filter(put);
  if (isGap) fetchNews();
  else position = Math.max(position, Number(news.dataset.seq));
  const speaker = $(".speaker", news);
  if (speaker) turnHeader(speaker);
  if (news.dataset.typing) showDots(news.dataset.typing, 6_000);
  if (fresh.length) arrived(fresh, wasAtEnd);
  else if ($(".entry", news)) dress(list, hostOrigin); // only own words, settled in place: their times are the server's
  tidy(list, rest);
  if ("greeting" in news.dataset) {
    const before = conversation; // one that we begin has no socket yet
    lookSoon(fetchNews, () => conversation !== before);
  }
}

function put(entry) {
  const seq = Number(entry.dataset.seq);
  if ($(`[data-seq="${seq}"]`, list)) return false;
  const mine = entry.dataset.client && $(`.pending[data-client="${entry.dataset.client}"]`, list);
  const shown = mine || entry;
  const next = [...list.children].find((other) => other !== shown && (Number(other.dataset.seq) > seq || other.matches(".pending")));
  if (mine) settle(mine, entry);
  if (!mine || (next && mine.nextElementSibling !== next)) list.insertBefore(shown, next ?? null);
  return !mine;
}

function settle(pending, entry) { // in place, so that a screen reader does not read the words twice
  keep(`unsent:${entry.dataset.client}`, "");
  pending.classList.remove("pending", "failed");
  pending.dataset.seq = entry.dataset.seq;
  $(".when", pending).replaceWith($(".when", entry));
  $(".words", pending).replaceWith($(".words", entry));
}

function turnTo(id) { // the old thread was closed, and these words have begun a new one
  if (conversation && $("[data-seq]", list)) {
    list.querySelectorAll("[data-seq]").forEach((entry) => delete entry.dataset.seq);
    list.querySelectorAll("[data-offer]").forEach((offer) => offer.remove());
    const divider = $("#divider").content.cloneNode(true);
    list.insertBefore(divider, $(".pending", list));
  }
  conversation = thread.dataset.conversation = id;
  position = 0;
  leave();
  connect();
  channel?.postMessage("moved");
  tellHost({ type: "talking" });
}

function turnHeader(speaker) {
  const old = $("#speaker");
  const hadFocus = old.contains(document.activeElement);
  if (old.outerHTML !== speaker.outerHTML) old.replaceWith(speaker);
  if (hadFocus) ($("[data-person]") ?? field).focus();
  speaker.dataset.thinking === "1" ? showDots(speaker.dataset.name, 60_000) : hideDots();
}

function arrived(fresh, wasAtEnd) {
  fresh.forEach((entry) => entry.classList.add("arrived"));
  if (fresh.some((entry) => ["assistant", "person", "flow"].includes(entry.dataset.author)) && $("#speaker").dataset.thinking !== "1") hideDots();
  dress(list, hostOrigin);
  const theirs = fresh.filter((entry) => entry.dataset.author !== "visitor");
  if (wasAtEnd) toEnd();
  else if (theirs.length) pill.hidden = false;
  if (theirs.length && (document.hidden || !isOpen)) { unread += theirs.length; tellHost({ type: "unread", count: unread }); }
}

function say(words) { notice.textContent = words; notice.hidden = !words; }

// ── Opening: only now are there a visitor and pages that they browsed.
let isOpen = !inFrame, unread = 0, opening = null;
const host = { views: [], claims: {}, identity: "", page_url: location.href, page_title: document.title };
if (inFrame) host.page_url = document.referrer;

const open = () => (opening ??= knock().finally(() => { opening = null; }));
async function knock() {
  const views = host.views.splice(0);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = { ...place(), views, claims: host.claims, identity: host.identity, page_url: host.page_url, page_title: host.page_title,
    language: navigator.language, time_zone: zone, referrer: inFrame ? host.referrer : document.referrer };
  const before = kept("token");
  try {
    const answer = await ask("open", { json: told });
    if (!answer.ok) { if (answer.status === 429) say(await answer.text()); throw new Error(String(answer.status)); }
    const token = answer.headers.get("X-Visitor-Token");
    keep("token", token);
    if (host.identity) keep("identified", "1");
    if (before && before.split(".")[0] !== token.split(".")[0]) forget();
    apply(await answer.text());
    tellHost({ type: "kept", ids: views.map((view) => view.view_id) });
    connect();
  } catch (trouble) {
    host.views.unshift(...views);
    throw trouble;
  }
}
function forget() { // somebody else than before: nothing of the old thread stays
  list.querySelectorAll(":scope > :not(.pending)").forEach((entry) => entry.remove());
  conversation = thread.dataset.conversation = "";
  position = 0;
  leave();
}

// ── Words out: one at a time and in order, kept until they are acknowledged, known by their client_id.
const queue = [];
let isPumping = false, wake = null;
function enqueue(words) {
  queue.push(words);
  keep(`unsent:${words.client_id}`, JSON.stringify(words));
  const own = $("#own").content.firstElementChild.cloneNode(true);
  own.dataset.client = words.client_id;
  $(".words", own).textContent = words.body;
  $("time", own).dateTime = new Date(words.at).toISOString();
  list.append(own);
  dress(list, hostOrigin);
  tidy(list, rest);
  toEnd();
  pump();
}
async function pump() {
  if (isPumping) return wake?.();
  isPumping = true;
  for (let tries = 0; queue.length;) {
    const words = queue[0], own = $(`[data-client="${words.client_id}"]`, list);
    const status = await send(words);
    if (status === 200 || status === 422) { queue.shift(); tries = 0; if (status === 422) giveBack(words, own); continue; }
    if (status === 401 && tries++ < 3) continue;
    own.classList.add("failed");
    $(".retry", own).hidden = false;
    if (!navigator.onLine) say(phrases.offline);
    await Promise.race([wait(jitter(Math.min(1000 * 2 ** tries++, 15_000))), new Promise((done) => { wake = done; })]);
    own.classList.remove("failed");
    $(".retry", own).hidden = true;
  }
  isPumping = false;
}
async function send(words) { // 0 when nobody answered
  try {
    if (!kept("token")) await open();
    const answer = await ask("messages", { form: { ...place(), language, client_id: words.client_id, body: words.body } });
    const text = await answer.text();
    if (answer.ok) { apply(text); keep(`unsent:${words.client_id}`, ""); say(""); connect(); }
    if (answer.status === 401) { keep("token", ""); await open(); }
    if ([422, 429, 503].includes(answer.status) && !text.includes("<")) say(text); // a proxy's own page is no sentence
    return answer.status;
  } catch { return 0; }
}
function giveBack(words, own) { // refused for good: the typed text goes back to where it can be mended
  own?.remove();
  keep(`unsent:${words.client_id}`, "");
  if (!field.value) { field.value = words.body; grow(field); }
  tidy(list, rest);
}
list.addEventListener("click", (event) => { if (event.target.matches(".retry")) wake?.(); });

// ── Quick replies are words like any others; a form's answers wait beside it until they are taken.
list.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.offer === "options") return enqueue({ client_id: uuid(), body: event.submitter.value, at: Date.now() });
  await answer(form, () => ({ ...place(), language }), (text) => { apply(text); toEnd(); connect(); }, missed);
});
list.addEventListener("input", (event) => { if (event.target.form) changed(event.target.form); });
function missed(status) { // the form is not open any more, or the token is not good: show what is true
  if (status !== 401) return fetchNews();
  keep("token", "");
  open().catch(() => {});
}
const hasHover = matchMedia("(hover: hover)").matches;
function rest() { (hasHover ? field : thread).focus({ preventScroll: true, focusVisible: hasHover }); } // no keyboard comes up

// ── The composer.
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = field.value.trim();
  if (!body) return field.focus();
  field.value = "";
  keep("draft", "");
  grow(field);
  field.focus();
  enqueue({ client_id: uuid(), body, at: Date.now() });
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
let typedAt = 0;
field.addEventListener("input", () => {
  keep("draft", field.value);
  grow(field);
  say("");
  if (!kept("token") && !opening) open().catch(() => {});
  if (conversation && field.value && Date.now() - typedAt > 3000) { typedAt = Date.now(); ask("typing").catch(() => {}); }
});
$("#person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = $("[data-person]");
  if (button) button.disabled = true;
  try {
    if (!kept("token")) await open();
    let answer = await ask("person", { form: place() });
    if (answer.status === 401) { keep("token", ""); await open(); answer = await ask("person", { form: place() }); }
    if (!answer.ok) throw new Error(String(answer.status));
    apply(await answer.text());
    toEnd();
    field.focus();
  } catch { say(phrases.failed); if (button) button.disabled = false; }
});

// ── News in: one socket, and a fetch whenever something may have been missed.
let socket = null, heardAt = 0, attempts = 0, retryAt = 0;
function connect() {
  if (socket || !conversation || !kept("token")) return;
  const address = new URL(`/ws/chat/${root.dataset.slug}/?${new URLSearchParams(place())}`, location.href);
  address.protocol = location.protocol.replace("http", "ws");
  const mine = socket = new WebSocket(address, [`vivollo.${kept("token")}`]);
  heardAt = Date.now();
  mine.onmessage = (event) => { heardAt = Date.now(); attempts = 0; if (!queue.length) say(""); apply(event.data); };
  mine.onclose = (event) => {
    if (mine !== socket) return;
    socket = null;
    if (event.code === 4401) { keep("token", ""); open().catch(() => {}); } else if (event.code !== 4404) later();
  };
}
function leave() { const old = socket; socket = null; old?.close(); }
function later() {
  retryAt = Date.now() + jitter(Math.min(500 * 2 ** attempts++, 15_000));
  if (attempts > 3) say(phrases.offline);
}
setInterval(() => {
  if (socket && Date.now() - heardAt > 25_000) { leave(); later(); } // half-open: it says nothing, not even a pulse
  if (!socket && Date.now() > retryAt) connect();
}, 500);
let isFetching = false, again = false;
async function fetchNews() {
  if (isFetching || !kept("token")) { again = isFetching; return; }
  isFetching = true;
  try {
    const answer = await ask(`entries?${new URLSearchParams(place())}`, { method: "GET" });
    if (answer.ok) apply(await answer.text());
    if (answer.status === 401) { keep("token", ""); await open(); }
  } catch { /* the socket's next frame, or the next look, finds it */ } finally { isFetching = false; }
  if (again) { again = false; fetchNews(); }
}
function look() {
  retryAt = 0;
  wake?.();
  fetchNews();
  connect();
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) { if (isOpen) seen(); look(); } });
addEventListener("online", look);
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
addEventListener("storage", (event) => { if (event.key === key("token") && event.newValue) look(); });
let channel = null;
try { channel = new BroadcastChannel(key("tabs")); channel.onmessage = fetchNews; } catch { /* each tab for itself */ }

// ── The host page.
function seen() { unread = 0; tellHost({ type: "unread", count: 0 }); }
const heard = {
  hello({ claims, identity, views, page_url, page_title, referrer }) {
    Object.assign(host, { claims, identity, views, page_url, page_title, referrer });
    if (kept("identified") && !identity) { keep("token", ""); keep("identified", ""); forget(); } // signed out on the host
    else if (identity && kept("token")) return open().catch(() => {});
    look();
  },
  opened() { isOpen = true; seen(); toEnd(); field.focus(); open().catch(() => {}); },
  closed() { isOpen = false; },
  view({ view, page_url, page_title }) {
    Object.assign(host, { page_url, page_title });
    if (isOpen && kept("token")) ask("pages", { json: { views: [view] } }).then((answer) => answer.ok && tellHost({ type: "kept", ids: [view.view_id] }), () => {});
    else host.views.push(view);
  },
};
hear(heard);

// ── Begin.
dress(list, hostOrigin);
tidy(list, rest);
toEnd();
if (!field.value) { field.value = kept("draft"); grow(field); }
keptUnsent().forEach(enqueue);
if (hostOrigin) tellHost({ type: "ready" });
else if (kept("token") || (!inFrame && "greets" in root.dataset)) open().catch(later);
if (!inFrame && hasHover) field.focus();
