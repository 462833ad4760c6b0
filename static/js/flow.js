// The graph of a flow: drag, wheel and keys move it, Ctrl-wheel and + - 0 zoom, arrows follow its lines. The server draws
// it and answers every change with the page; here is only how it is looked at, and where the cursor goes.
const SMALLEST = 0.2, LARGEST = 2, READABLE = 0.85;
let comeBackTo = "", freshRow = false, insertInto = null, looking = 0;

const size = (svg) => ({ width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height });
const zoomOf = (svg) => svg.width.baseVal.value / size(svg).width;
const keyOf = (canvas) => `flow-view-${document.getElementById("flow").dataset.flow}-${canvas.dataset.canvas}`;

function zoomTo(canvas, zoom, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const svg = canvas.querySelector("svg"), before = svg.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
  const { width, height } = size(svg);
  const now = Math.min(LARGEST, Math.max(SMALLEST, zoom)), ratio = now / zoomOf(svg);
  const fromLeft = x - (before.left - frame.left), fromTop = y - (before.top - frame.top);
  svg.setAttribute("width", width * now);
  svg.setAttribute("height", height * now);
  canvas.scrollLeft = fromLeft * ratio - x;
  canvas.scrollTop = fromTop * ratio - y;
  keep(canvas);
}

function fit(canvas, smallest = SMALLEST) {
  const { width, height } = size(canvas.querySelector("svg"));
  zoomTo(canvas, Math.max(smallest, Math.min(1, canvas.clientWidth / width, canvas.clientHeight / height)));
}

function keep(canvas) {
  const view = { zoom: zoomOf(canvas.querySelector("svg")), left: canvas.scrollLeft, top: canvas.scrollTop };
  sessionStorage.setItem(keyOf(canvas), JSON.stringify(view));
}

function restore(canvas) {
  const view = JSON.parse(sessionStorage.getItem(keyOf(canvas)) ?? "null");
  if (!view) {
    fit(canvas, READABLE);
    const first = canvas.querySelector(".f-start, .f-box")?.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
    canvas.scrollLeft += first ? first.left + first.width / 2 - frame.left - frame.width / 2 : 0;
    canvas.scrollTop = 0;
    return;
  }
  zoomTo(canvas, view.zoom);
  canvas.scrollLeft = view.left;
  canvas.scrollTop = view.top;
}

// Brings a box into view where it is not.
function show(canvas, box) {
  const frame = canvas.getBoundingClientRect(), place = box.getBoundingClientRect();
  if (!frame.width) return;
  const isIn = place.left >= frame.left && place.right <= frame.right && place.top >= frame.top && place.bottom <= frame.bottom;
  if (isIn) return;
  canvas.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
  canvas.scrollTop += place.top + place.height / 2 - frame.top - frame.height / 2;
}

function arrive() {
  for (const canvas of document.querySelectorAll("[data-canvas]:not([data-at-work])")) {
    if (document.documentElement.hasAttribute("x-cloak")) return;
    canvas.dataset.atWork = "";
    canvas.closest(".f-stage")?.classList.add("f-live");
    if (canvas.clientWidth) restore(canvas);
    const chosen = canvas.querySelector(".f-chosen");
    if (chosen) show(canvas, chosen);
    canvas.addEventListener("wheel", (event) => wheel(canvas, event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => drag(canvas, event));
    canvas.addEventListener("dragstart", (event) => event.preventDefault());
    canvas.addEventListener("scroll", () => keep(canvas), { passive: true });
    canvas.addEventListener("focusin", (event) => event.target !== canvas && show(canvas, event.target));
  }
  document.querySelector(".f-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (comeBackTo) document.getElementById(comeBackTo)?.focus({ preventScroll: true });
  if (freshRow) document.querySelector(".f-spare :is(input:not([type=hidden]), select, textarea)")?.focus();
  comeBackTo = "";
  freshRow = false;
}

// The theme hides the page until its own script has run, and the browser gives the cursor to nothing that is hidden.
function begin() {
  arrive();
  if (document.activeElement === document.body) document.querySelector("#flow [autofocus], .f-new [autofocus]")?.focus();
}

function wheel(canvas, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const frame = canvas.getBoundingClientRect();
  const zoom = zoomOf(canvas.querySelector("svg")) * Math.exp(-event.deltaY / 400);
  zoomTo(canvas, zoom, event.clientX - frame.left, event.clientY - frame.top);
}

// A finger scrolls by itself; a mouse drags the paper, and what it let go of is not clicked.
function drag(canvas, begin) {
  if (begin.button !== 0 || begin.pointerType === "touch") return;
  const from = { x: begin.clientX, y: begin.clientY, left: canvas.scrollLeft, top: canvas.scrollTop };
  let moved = false;
  const move = (event) => {
    moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4;
    if (!moved) return;
    canvas.classList.add("f-dragging");
    canvas.scrollLeft = from.left - (event.clientX - from.x);
    canvas.scrollTop = from.top - (event.clientY - from.y);
  };
  const end = () => {
    window.removeEventListener("pointermove", move);
    canvas.classList.remove("f-dragging");
    if (!moved) return;
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end, { once: true });
}

// Up and down follow the lines; left and right go to the neighbour at the same height.
function neighbour(box, key) {
  const named = (names) => names.split(" ").filter(Boolean).map((id) => document.getElementById(`box-${id}`)).find(Boolean);
  if (key === "ArrowDown") return named(box.dataset.below);
  if (key === "ArrowUp") return named(box.dataset.above) ?? document.querySelector("a.f-start");
  const here = box.getBoundingClientRect(), sign = key === "ArrowRight" ? 1 : -1;
  const beside = [...document.querySelectorAll("a.f-box")].filter((other) => {
    const there = other.getBoundingClientRect();
    return sign * (there.left - here.left) > 1 && there.top < here.bottom && there.bottom > here.top;
  });
  const distance = (other) => Math.abs(other.getBoundingClientRect().left - here.left);
  return beside.sort((one, two) => distance(one) - distance(two))[0];
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const canvas = event.target.closest?.("[data-canvas]");
  if (event.key === "Escape") {
    const close = document.querySelector("[data-close]");
    if (!close || document.querySelector(":popover-open") || !event.target.closest?.(".f-desk")) return;
    comeBackTo = document.querySelector("a.f-box.f-chosen")?.id ?? "";
    close.click();
  } else if (canvas && "+=-0".includes(event.key)) {
    event.preventDefault();
    event.key === "0" ? fit(canvas) : zoomTo(canvas, zoomOf(canvas.querySelector("svg")) * (event.key === "-" ? 0.8 : 1.25));
  } else if (event.key.startsWith("Arrow") && event.target.matches?.("a.f-box, a.f-start")) {
    const start = event.target.matches("a.f-start");
    const there = start ? event.key === "ArrowDown" && document.querySelector("a.f-box") : neighbour(event.target, event.key);
    event.preventDefault();
    there?.focus({ preventScroll: true });
  }
}

const whole = { target: "#flow", select: "#flow", swap: "outerHTML show:none" };

function clicks(event) {
  const zoom = event.target.closest("[data-zoom]");
  if (zoom) {
    const canvas = zoom.closest(".f-stage").querySelector("[data-canvas]");
    if (!canvas) return;
    const way = zoom.dataset.zoom;
    way === "fit" ? fit(canvas) : zoomTo(canvas, zoomOf(canvas.querySelector("svg")) * (way === "in" ? 1.25 : 0.8));
  }
  const close = event.target.closest("[data-close]");
  if (close && !comeBackTo) comeBackTo = document.querySelector("a.f-box.f-chosen")?.id ?? "";
  freshRow = Boolean(event.target.closest("button[name=row][value$='::more']"));
  const inserter = event.target.closest("[data-into]");
  if (inserter) prepare(inserter);
  const name = event.target.closest("[data-name]");
  if (name) insert(name.dataset.name);
  const box = event.target.closest("svg a[href]");
  if (!box || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  event.preventDefault();
  htmx.ajax("GET", box.getAttribute("href"), { ...whole, source: box });
}

// Some fields come and go with others. The server draws the form anew once a choice has come to rest, and what was typed
// while it did stays.
async function look(form) {
  const fields = () => [...document.querySelectorAll("#step-form :is(input, select, textarea)[id]")];
  const sent = new Map(fields().map((field) => [field.id, field.value]));
  let later = [];
  const before = () => (later = fields().filter((one) => sent.get(one.id) !== one.value).map((one) => [one.id, one.value]));
  document.addEventListener("htmx:beforeSwap", before, { once: true });
  await htmx.ajax("POST", form.getAttribute("action"), { ...whole, source: form, values: { do: "look" } });
  for (const [id, value] of later) if (document.getElementById(id)) document.getElementById(id).value = value;
}

// The list of names opens below the button that asked for it.
function prepare(button) {
  insertInto = document.getElementById(button.dataset.into);
  const place = button.getBoundingClientRect(), names = document.getElementById("f-names");
  names.style.left = `${Math.max(8, Math.min(place.right - 320, innerWidth - 328))}px`;
  names.style.top = `${Math.min(place.bottom + 4, innerHeight - 360)}px`;
}

function insert(name) {
  document.getElementById("f-names").hidePopover();
  if (!insertInto) return;
  const isOpen = name.endsWith("…"), text = `{{ ${isOpen ? name.slice(0, -1) : name} }}`;
  const at = insertInto.selectionStart ?? insertInto.value.length;
  insertInto.setRangeText(text, at, insertInto.selectionEnd ?? at, "end");
  insertInto.focus();
  if (isOpen) insertInto.setSelectionRange(at + text.length - 3, at + text.length - 3);
}

document.addEventListener("click", clicks);
document.addEventListener("keydown", keys);
document.addEventListener("change", (event) => {
  const form = event.target.matches("[data-looks]") && event.target.form;
  if (!form) return;
  clearTimeout(looking);
  looking = setTimeout(look, 400, form);
});
document.addEventListener("submit", () => clearTimeout(looking));
document.addEventListener("htmx:afterSettle", arrive);
document.addEventListener("alpine:initialized", begin);
begin();
