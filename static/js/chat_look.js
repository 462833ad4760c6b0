// How a thread looks, and where its reader is: local times, one head for words in a row, a mark where the day changes, links of the host's site.

const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const locale = navigator.language.split("-")[0] === root.lang ? navigator.language : root.lang;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
export function dress(list, hostOrigin) {
  let before = null, day = new Date().toDateString();
  list.querySelectorAll(".day[data-date]").forEach((mark) => mark.remove());
  for (const entry of list.querySelectorAll(".entry")) {
    const time = $("time", entry), at = new Date(time?.dateTime || Date.now());
    if (time) { time.textContent = clock.format(at); time.title = at.toLocaleString(locale); }
    const isNewDay = at.toDateString() !== day;
    if (isNewDay) {
      day = at.toDateString();
      const mark = Object.assign(document.createElement("li"), { className: "day" });
      mark.dataset.date = day;
      mark.append(Object.assign(document.createElement("span"), { textContent: calendar.format(at) }));
      entry.before(mark);
    }
    const inRow = before && !isNewDay && !$(".seam, .calm", entry) && before.dataset.author === entry.dataset.author
      && before.dataset.name === entry.dataset.name && entry.previousElementSibling === before;
    entry.classList.toggle("continued", Boolean(inRow));
    if (before) before.classList.toggle("last", !inRow);
    before = entry;
    if (hostOrigin) for (const link of entry.querySelectorAll('a[href^="/"]')) link.href = new URL(link.getAttribute("href"), hostOrigin);
  }
  before?.classList.add("last");
  const own = list.querySelectorAll('[data-author="visitor"]');
  own.forEach((entry, index) => entry.classList.toggle("newest", index === own.length - 1));
}

// The end is kept in sight only for a reader who is there; for others a pill says that something came in.
const thread = $(".thread"), dots = $(".dots"), pill = $(".down");
export const isAtEnd = () => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
export function toEnd() { thread.scrollTop = thread.scrollHeight; pill.hidden = true; }
thread.addEventListener("scroll", () => { if (isAtEnd()) pill.hidden = true; }, { passive: true });
pill.addEventListener("click", () => { toEnd(); $(".composer").elements.body.focus(); });
new ResizeObserver(() => { if (wasEnd) toEnd(); }).observe(thread); // a keyboard came up, or the composer grew
let wasEnd = true;
thread.addEventListener("scroll", () => { wasEnd = isAtEnd(); }, { passive: true });

let dotsEnd;
export function showDots(name, ms) {
  const wasAtEnd = isAtEnd();
  $("span", dots).textContent = $("#phrases").dataset.writing.replace("…", name);
  dots.hidden = false;
  clearTimeout(dotsEnd);
  dotsEnd = setTimeout(hideDots, ms);
  if (wasAtEnd) toEnd();
}
export function hideDots() { dots.hidden = true; $("span", dots).textContent = ""; clearTimeout(dotsEnd); }

export function grow(field) { // where the browser cannot do it by CSS
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
