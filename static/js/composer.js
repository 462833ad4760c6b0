// The reply being written: kept through navigation and failures, and sent once whatever the network does.

const LONGEST = 4_000;
const SHOW_LEFT = 300;
const TYPING_PAUSE = 3_000;

export function compose(form, conversation, signal, say) {
  const words = form.elements.body;
  const client = form.elements.client_id;
  const left = form.querySelector("[data-left]");
  const token = form.elements.csrfmiddlewaretoken;
  const place = `vivollo.draft.${conversation}`;
  let tried = ""; // the words of the try whose outcome is not known
  let told = 0;

  const fresh = () => {
    client.value = crypto.randomUUID?.() ?? uuid();
    tried = "";
  };

  function keep() {
    if (words.value.trim()) sessionStorage.setItem(place, JSON.stringify({ body: words.value, client: client.value, tried }));
    else sessionStorage.removeItem(place);
  }

  function count() {
    const rest = LONGEST - words.value.length;
    left.hidden = rest > SHOW_LEFT;
    left.textContent = rest;
    left.toggleAttribute("data-over", rest < 0);
  }

  function clear() {
    words.value = "";
    fresh();
    keep();
    count();
  }

  function typing() {
    if (!words.value.trim() || Date.now() - told < TYPING_PAUSE) return;
    told = Date.now();
    const headers = { "X-CSRFToken": token.value, "HX-Request": "true" };
    fetch(`/inbox/c/${conversation}/typing`, { method: "POST", headers }).catch(() => {});
  }

  words.addEventListener("input", () => {
    // Other words than those that may have arrived are another message.
    if (tried && words.value !== tried) fresh();
    keep();
    count();
    typing();
  }, { signal });
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  }, { signal });
  form.addEventListener("submit", () => {
    tried = words.value;
    keep();
  }, { signal, capture: true });

  fresh();
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (kept && !words.value) {
    words.value = kept.body;
    client.value = kept.client;
    tried = kept.tried;
  }
  count();

  return {
    seen(position) {
      form.elements.seen.value = position;
    },
    sent(id) {
      if (id === client.value) clear();
    },
    // The message came back on the socket: it was sent, even where its answer was lost.
    arrived(id) {
      if (!id || id !== client.value || "busy" in form.dataset) return;
      clear();
      say("");
    },
  };
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
