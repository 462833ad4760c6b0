// The conversation pane: puts the server's frames in their places, sends the forms, and never loses a typed word.

import { compose } from "./composer.js";
import { connect } from "./socket.js";
import { flash, forMe, localise, running } from "./thread.js";
import { foresee } from "./ways_back.js";

const TYPING_LASTS = 5_000;
const OFFLINE_AFTER = 2_000;
const NEAR_THE_END = 80;

const parse = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
};

function open(root) {
  const id = root.dataset.conversation;
  const address = `/inbox/c/${id}/`;
  const find = (selector) => root.querySelector(selector);
  const thread = find("#thread");
  const scroll = find("[data-scroll]");
  const newer = find("[data-newer]");
  const stopped = new AbortController();
  const listening = { signal: stopped.signal };
  let context = "";
  let typingEnds = 0;
  let offline = 0;
  let fetching = false;

  const position = () => Number(root.dataset.seq);
  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_THE_END;
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
    newer.hidden = true;
  };

  // What the server sends: the same frame on the page's socket, as a form's answer, and when we fetch.

  function apply(fragment) {
    const frame = fragment.querySelector("[data-frame]");
    if (frame?.dataset.conversation !== id || stopped.signal.aborted) return;
    const fits = Number(frame.dataset.after) <= position();
    const follow = isAtEnd();
    let added = false;
    for (const part of [...frame.children]) {
      if (!("items" in part.dataset)) replace(part);
      else if (fits) for (const item of [...part.children]) added = place(item) || added;
    }
    if (!fits) return fetchNew();
    root.dataset.seq = Math.max(position(), Number(frame.dataset.seq));
    composer.seen(position());
    if (follow) toEnd();
    else if (added) newer.hidden = false;
    if (added || frame.querySelector("#state, #context")) ways.again();
  }

  function place(item) {
    const old = thread.querySelector(`#${CSS.escape(item.id)}`);
    const fresh = document.importNode(item, true);
    const isEntry = "seq" in item.dataset;
    if (old && isEntry) return false;
    localise(fresh);
    if (old) {
      if (old.querySelector("details")?.open) fresh.querySelector("details").open = true;
      old.remove();
    }
    const at = Number(fresh.dataset.place);
    let above = thread.lastElementChild;
    while (above && Number(above.dataset.place) > at) above = above.previousElementSibling;
    if (!above && find("a#earlier") && thread.children.length) return false; // it belongs to what is not shown yet
    fresh.classList.toggle("is-new", !old);
    above ? above.after(fresh) : thread.prepend(fresh);
    if (fresh.dataset.author === "visitor" || fresh.dataset.author === "person") find("#typing").replaceChildren();
    composer.arrived(fresh.dataset.client);
    return isEntry;
  }

  function replace(part) {
    const old = find(`#${CSS.escape(part.id)}`);
    if (!old) return;
    if (part.id === "context" && part.outerHTML === context) return;
    if (part.id === "context") context = part.outerHTML;
    const fresh = document.importNode(part, true);
    for (const kept of old.querySelectorAll("details[open][id]")) fresh.querySelector(`#${kept.id}`)?.setAttribute("open", "");
    localise(fresh);
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    forMe(root);
    if (part.id === "state") stand(fresh.dataset);
    if (part.id === "typing") {
      clearTimeout(typingEnds);
      typingEnds = setTimeout(() => find("#typing").replaceChildren(), TYPING_LASTS);
    }
    tick();
  }

  function stand({ kind, assignee, wraps }) {
    Object.assign(root.dataset, { kind, assignee, wraps });
    for (const field of root.querySelectorAll("input[name=expected]")) field.value = assignee;
    forMe(root);
  }

  async function fetchNew() {
    if (fetching) return;
    fetching = true;
    try {
      const answer = await fetch(`${address}entries?after=${position()}`, { headers: { "HX-Request": "true" } });
      if (answer.headers.has("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
      else if (answer.ok) apply(parse(await answer.text()));
    } catch {
      // Not reachable now; the socket knows when it is again.
    } finally {
      fetching = false;
    }
  }

  // What the teammate does.

  function say(verb, content) {
    find(`[data-slot="${verb}"]`).replaceChildren(content);
  }

  function trouble(name) {
    const line = document.createElement("p");
    line.className = "trouble";
    line.setAttribute("role", "alert");
    line.textContent = find(`[data-words="${name}"]`).content.textContent;
    return line;
  }

  async function send(form, button) {
    const verb = form.dataset.live;
    if ("busy" in form.dataset) return;
    const data = new FormData(form, button);
    data.set("after", position());
    form.dataset.busy = "";
    for (const field of form.querySelectorAll("textarea")) field.readOnly = true;
    let sent = false;
    try {
      const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
      const answer = await fetch(form.action, { method: "POST", body: data, headers, signal: AbortSignal.timeout(15_000) });
      if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
      const fragment = parse(await answer.text());
      const said = fragment.querySelector("[data-trouble]");
      sent = answer.ok;
      if (sent) say(verb, "");
      else say(verb, said ? document.importNode(said, true) : trouble("failed"));
      if (sent && verb === "reply") composer.sent(data.get("client_id"));
      apply(fragment);
    } catch {
      say(verb, trouble("unsent"));
      // Only the answer may have been lost: what stands in the thread was sent.
      sent = verb === "reply" && Boolean(thread.querySelector(`[data-client="${CSS.escape(data.get("client_id"))}"]`));
      if (sent) composer.sent(data.get("client_id"));
      if (sent) say(verb, "");
    } finally {
      delete form.dataset.busy;
      for (const field of form.querySelectorAll("textarea")) field.readOnly = false;
    }
    if (!sent) return;
    if (verb === "reply") toEnd();
    else form.reset();
    form.closest("details")?.removeAttribute("open");
  }

  function close() {
    delete root.dataset.drawer;
    find(".drawer-button").setAttribute("aria-expanded", "false");
    for (const menu of root.querySelectorAll("details.choose[open]")) menu.open = false;
  }

  root.addEventListener("submit", (event) => {
    if (!event.target.dataset.live) return;
    event.preventDefault();
    send(event.target, event.submitter);
  }, listening);

  root.addEventListener("click", (event) => {
    const menu = event.target.closest("details.choose");
    for (const other of root.querySelectorAll("details.choose[open]")) if (other !== menu) other.open = false;
    if (event.target.closest("[data-drawer]:not(#conversation)")) {
      const opens = !("drawer" in root.dataset);
      opens ? (root.dataset.drawer = "") : delete root.dataset.drawer;
      find(".drawer-button").setAttribute("aria-expanded", String(opens));
      if (opens) find(".drawer-close").focus({ preventScroll: true });
      else find(".drawer-button").focus({ preventScroll: true });
    }
    const to = event.target.closest("[data-to]")?.dataset.to;
    const entry = to && thread.querySelector(`#${CSS.escape(to)}`);
    if (entry) {
      event.preventDefault();
      close();
      flash(entry);
    }
  }, listening);

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const opener = find("details.choose[open] > summary") ?? ("drawer" in root.dataset ? find(".drawer-button") : null);
    close();
    opener?.focus();
  }, listening);

  // "Show earlier" swaps its link for an older one and the entries; they go on top, and what is read stays where it is.
  root.addEventListener("htmx:afterSwap", () => {
    const items = find("ol[data-items]");
    if (!items) return;
    const below = scroll.scrollHeight - scroll.scrollTop;
    localise(items);
    thread.prepend(...items.children);
    items.remove();
    scroll.scrollTop = scroll.scrollHeight - below;
  }, listening);

  newer.addEventListener("click", toEnd, listening);
  let pinned = true; // who reads the end goes on reading it when the composer grows
  scroll.addEventListener("scroll", () => {
    pinned = isAtEnd();
    if (pinned) newer.hidden = true;
  }, { ...listening, passive: true });
  const resized = new ResizeObserver(() => pinned && toEnd());
  resized.observe(scroll);

  function tick() {
    for (const clock of root.querySelectorAll("#state [data-since]")) clock.textContent = running(clock.dateTime);
  }

  const composer = compose(find("#composer"), id, listening.signal, (note) => say("reply", note));
  const ways = foresee(root, address, listening.signal, parse);
  localise(root);
  forMe(root);
  tick();
  const ticking = setInterval(tick, 1_000);
  const named = location.hash.startsWith("#entry-") && thread.querySelector(location.hash);
  pinned = !named;
  named ? flash(named) : toEnd();

  const live = connect(() => `/ws/inbox/c/${id}/?after=${position()}`, {
    onFrame: apply,
    onRefetch: fetchNew,
    onOpen() {
      clearTimeout(offline);
      offline = 0;
      find("[data-offline]").hidden = true;
    },
    onLost() {
      offline ||= setTimeout(() => (find("[data-offline]").hidden = false), OFFLINE_AFTER);
    },
    onRefused: () => location.reload(), // signed out, or gone: the server says which
  });

  return {
    root,
    stop() {
      stopped.abort();
      live.stop();
      resized.disconnect();
      clearInterval(ticking);
      clearTimeout(typingEnds);
      clearTimeout(offline);
    },
  };
}

let pane = null;
function start() {
  const root = document.getElementById("conversation");
  if (pane?.root === root) return;
  pane?.stop();
  pane = root ? open(root) : null;
}

document.addEventListener("htmx:afterSettle", start);
document.addEventListener("htmx:historyRestore", start);
start();
