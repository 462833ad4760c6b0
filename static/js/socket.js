// One live socket: it comes back by itself, notices silence, and says when to fetch.
//
//   const live = connect(() => `/ws/inbox/c/${id}/?after=${position}`, {
//     onFrame(fragment) {},   // a DocumentFragment; pulses are kept from you
//     onRefetch() {},         // what the server sent may be incomplete: fetch; after a reconnect, onOpen says so too
//     onOpen(again) {},       // connected; `again` when it was before
//     onLost() {},            // not connected now; it tries again by itself
//     onRefused(code) {},     // closed with 44xx: no right, or nothing there; it does not try again
//     protocols() {},         // subprotocols, read anew for every try
//   });
//   live.stop();

const SILENCE = 25_000; // the server pulses each 10 s; two missed ones are a dead socket
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 15_000;

const nothing = () => {};

export function connect(url, handlers) {
  const { onFrame, onRefetch = nothing, onOpen = nothing, onLost = nothing, onRefused = nothing } = handlers;
  const protocols = handlers.protocols ?? (() => []);
  let socket = null;
  let tries = 0;
  let opened = false;
  let stopped = false;
  let retry = 0;
  let heard = 0;

  const address = () => {
    const place = new URL(typeof url === "function" ? url() : url, location.href);
    place.protocol = place.protocol.replace("http", "ws");
    return place;
  };

  function open() {
    clearTimeout(retry);
    if (stopped) return;
    const mine = new WebSocket(address(), protocols());
    socket = mine;
    heard = Date.now();
    mine.onopen = () => {
      if (mine !== socket) return;
      heard = Date.now();
      onOpen(opened);
      opened = true;
    };
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      heard = Date.now();
      tries = 0; // only a frame proves that it works: a refused socket is accepted first, and then closed
      receive(event.data);
    };
    mine.onclose = (event) => {
      if (mine !== socket) return;
      socket = null;
      if (event.code >= 4400 && event.code < 4500) {
        stop();
        onRefused(event.code);
        return;
      }
      later();
    };
  }

  function receive(text) {
    const holder = document.createElement("template");
    holder.innerHTML = text;
    const frame = holder.content;
    const first = frame.firstElementChild;
    if (first?.id === "pulse") return;
    if (first?.id === "refetch") onRefetch();
    else onFrame(frame);
  }

  function later() {
    if (stopped) return;
    onLost();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
    tries += 1;
    clearTimeout(retry);
    retry = setTimeout(open, pause * (0.5 + Math.random() / 2));
  }

  function renew() {
    const old = socket;
    socket = null;
    old?.close();
    tries = Math.max(tries, 1);
    open();
  }

  const watch = setInterval(() => {
    if (socket && Date.now() - heard > SILENCE) renew();
  }, 5_000);

  // A laptop that wakes, a tab that comes back, a network that returns: do not wait for a timer.
  function awake(event) {
    if (event.type === "pageshow" && !event.persisted) return; // an ordinary load
    if (stopped || document.visibilityState === "hidden") return;
    if (!socket || Date.now() - heard > SILENCE / 2) renew();
    else onRefetch();
  }
  addEventListener("online", awake);
  addEventListener("pageshow", awake);
  document.addEventListener("visibilitychange", awake);

  function stop() {
    stopped = true;
    clearTimeout(retry);
    clearInterval(watch);
    removeEventListener("online", awake);
    removeEventListener("pageshow", awake);
    document.removeEventListener("visibilitychange", awake);
    const old = socket;
    socket = null;
    old?.close();
  }

  open();
  return { stop };
}
