// Puts the chat into a host page:
//   <script src="https://chat.example/embed.js" data-page="shop" async></script>
// data-page      the chat page's slug
// data-identity  optional: who the visitor is, signed by the host's server (see conversations/identity.py)
// data-name, data-email, data-…   optional: what the page claims of its visitor, unsigned
// data-theme     optional: light or dark; the system's otherwise
// data-label     optional: the bubble's name for screen readers
// Everything lives in one shadow root with its own style sheet, so neither side's CSS reaches the other, and a
// strict Content-Security-Policy of the host needs only script-src and frame-src for the chat's origin.
(() => {
  "use strict";
  const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"][data-page]');
  const { page, identity = "", theme = "", label = "Chat with us", ...claims } = script.dataset;
  const origin = new URL(script.src).origin;
  if (!page || document.getElementById("vivollo-chat") || window.vivolloChat) return;
  window.vivolloChat = true;

  // ── What the tab remembers, in memory where storage is blocked.
  const memory = {};
  const shelf = (storage) => ({
    get(name) { try { return JSON.parse(window[storage].getItem(`vivollo:${page}:${name}`)); } catch { return memory[name] ?? null; } },
    set(name, value) { memory[name] = value; try { window[storage].setItem(`vivollo:${page}:${name}`, JSON.stringify(value)); } catch { /* memory has it */ } },
  });
  const tab = shelf("sessionStorage"), browser = shelf("localStorage");
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

  // ── Pages browsed: they wait here until the chat is opened, so that a passer-by leaves no trace.
  const here = () => ({ page_url: location.href, page_title: document.title });
  const place = () => location.href.replace(/#(?![/!]).*$/, ""); // a jump within a page is no new page
  let lastUrl = null;
  function browsed() {
    if (place() === lastUrl) return;
    const view = { view_id: uuid(), url: place(), title: document.title, referrer: lastUrl ?? document.referrer, seen_at: new Date().toISOString() };
    lastUrl = place();
    tab.set("views", [...(tab.get("views") ?? []), view].slice(-50));
    if (tab.get("referrer") === null) tab.set("referrer", document.referrer);
    tell({ type: "view", view, ...here() });
  }

  // ── The bubble and the panel.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inset: auto 0 0 auto; z-index: 2147483000; color-scheme: light dark; }
    :host([data-theme="light"]) { color-scheme: light; } :host([data-theme="dark"]) { color-scheme: dark; }
    button { position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom)); width: 56px; height: 56px;
      padding: 0; border: 0; border-radius: 50%; background: light-dark(oklch(0.47 0.085 195), oklch(0.76 0.085 195)); color: light-dark(#fff, #14201f);
      box-shadow: 0 1px 2px rgb(0 0 0 / .1), 0 8px 24px rgb(0 0 0 / .18); cursor: pointer; transition: transform 150ms cubic-bezier(.2,0,0,1), opacity 150ms; }
    button:hover { transform: translateY(-2px); }
    button:focus-visible { outline: 2px solid light-dark(oklch(0.47 0.085 195), oklch(0.76 0.085 195)); outline-offset: 3px; }
    svg { position: absolute; inset: 0; margin: auto; width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; transition: opacity 120ms; }
    .x, [aria-expanded="true"] .bubble { opacity: 0; } [aria-expanded="true"] .x { opacity: 1; }
    .dot { position: absolute; top: 1px; right: 1px; width: 14px; height: 14px; border-radius: 50%; border: 2px solid light-dark(#fff, #1c1a18); background: oklch(0.6 0.2 27); }
    .dot[hidden] { display: none; }
    .panel { position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: 88px; width: 400px; height: min(680px, calc(100dvh - 108px)); overflow: hidden;
      border: 1px solid light-dark(oklch(0.905 0.007 85), oklch(0.32 0.009 75)); border-radius: 12px; background: light-dark(oklch(0.995 0.002 85), oklch(0.225 0.008 75));
      box-shadow: 0 2px 6px rgb(0 0 0 / .08), 0 16px 48px rgb(0 0 0 / .22); opacity: 1; transform: none; transition: opacity 140ms, transform 140ms cubic-bezier(.2,0,0,1), visibility 0s; }
    .panel[data-closed] { visibility: hidden; opacity: 0; transform: translateY(8px); transition: opacity 120ms, transform 120ms, visibility 0s 120ms; }
    iframe { width: 100%; height: 100%; border: 0; display: block; color-scheme: normal; }
    @media (max-width: 480px) {
      .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
      button[aria-expanded="true"] { visibility: hidden; }
    }
    @media (prefers-reduced-motion: reduce) { *, button:hover { transition: none !important; transform: none !important; } }
  `);
  const home = document.createElement("div");
  home.id = "vivollo-chat";
  if (theme) home.dataset.theme = theme;
  const shadow = home.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.innerHTML = `<div class="panel" data-closed></div>
    <button type="button" aria-expanded="false"><svg class="bubble" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4h14a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-6.500L7 21v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z"/></svg>
    <svg class="x" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 9l6 6 6-6"/></svg><span class="dot" hidden></span></button>`;
  const bubble = shadow.querySelector("button"), panel = shadow.querySelector(".panel"), dot = shadow.querySelector(".dot");
  bubble.setAttribute("aria-label", label);

  // ── The frame: made at the first sign that it will be wanted, spoken to only at the chat's own origin.
  let frame = null, isReady = false, isOpen = false;
  function build() {
    if (frame) return;
    const address = new URL(`/chat/${encodeURIComponent(page)}/`, origin);
    address.search = new URLSearchParams({ frame: "1", origin: location.origin, ...(theme && { theme }) });
    frame = Object.assign(document.createElement("iframe"), { src: address.href, title: label, allow: "clipboard-write", referrerPolicy: "origin" });
    panel.append(frame);
  }
  function tell(message) { if (isReady) frame.contentWindow.postMessage({ vivollo: message }, origin); }
  const heard = {
    ready() {
      isReady = true;
      tell({ type: "hello", identity, claims, views: tab.get("views") ?? [], referrer: tab.get("referrer") ?? "", ...here() });
      if (isOpen) tell({ type: "opened" });
    },
    kept({ ids }) { tab.set("views", (tab.get("views") ?? []).filter((view) => !ids.includes(view.view_id))); },
    talking() { browser.set("talking", true); },
    unread({ count }) {
      dot.hidden = !count || isOpen;
      bubble.setAttribute("aria-label", dot.hidden ? label : `${label} (${count})`);
    },
    close() { close(); },
  };
  addEventListener("message", (event) => {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
    const message = event.data?.vivollo;
    if (message && Object.hasOwn(heard, message.type)) heard[message.type](message);
  });

  function open() {
    build();
    isOpen = true;
    tab.set("open", true);
    panel.removeAttribute("data-closed");
    bubble.setAttribute("aria-expanded", "true");
    dot.hidden = true;
    tell({ type: "opened" });
    frame.focus();
  }
  function close() {
    if (!isOpen) return;
    isOpen = false;
    tab.set("open", false);
    panel.setAttribute("data-closed", "");
    bubble.setAttribute("aria-expanded", "false");
    tell({ type: "closed" });
    bubble.focus();
  }
  bubble.addEventListener("click", () => (isOpen ? close() : open()));
  for (const sign of ["pointerenter", "focus", "touchstart"]) bubble.addEventListener(sign, build, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen) close(); });

  // ── On a narrow screen the bubble gives way to the host's own controls: up, in steps, until nothing lies below it.
  const controls = "a[href], button, input, select, textarea, label, summary, [role=button], [role=link], [tabindex='0']";
  function covers(up) {
    const right = innerWidth - 20, bottom = innerHeight - 20 - up;
    return [[4, 4], [28, 4], [52, 4], [4, 28], [28, 28], [52, 28], [4, 52], [28, 52], [52, 52]].some(([x, y]) =>
      document.elementsFromPoint(right - x, bottom - y).find((element) => element !== home)?.closest(controls));
  }
  function giveWay() {
    const steps = innerWidth > 480 ? [] : [0, 64, 128, 192, 256];
    const up = steps.find((step) => !covers(step)) ?? 0;
    bubble.style.marginBottom = up ? `${up}px` : "";
  }
  let settled;
  const later = () => { clearTimeout(settled); settled = setTimeout(giveWay, 150); };
  addEventListener("resize", later, { passive: true });
  addEventListener("scroll", later, { passive: true, capture: true });

  function begin() {
    document.body.append(home);
    browsed();
    giveWay();
    addEventListener("popstate", () => setTimeout(browsed));
    addEventListener("hashchange", () => setTimeout(browsed));
    window.navigation?.addEventListener("navigatesuccess", () => setTimeout(browsed));
    if (tab.get("open") && innerWidth > 480) open(); // it was open on the page before
    else if (browser.get("talking")) (window.requestIdleCallback ?? setTimeout)(build); // so that an answer can show its dot
  }
  if (document.body) begin(); else addEventListener("DOMContentLoaded", begin);
})();
