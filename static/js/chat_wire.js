// One request of the chat page: the token goes in a header, never in an address, and no cookie goes along.

import { kept } from "./chat_shelf.js";

const base = `/chat/${document.documentElement.dataset.slug}/`;
export const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));
export const jitter = (ms) => ms * (0.75 + Math.random() / 2);

// Looks again 0.5, 1.5 and 4 seconds from now for what may begin on the other side, and then no more.
let isLooking = false;
export async function lookSoon(look, isThere) {
  if (isLooking) return;
  isLooking = true;
  for (const pause of [500, 1000, 2500]) {
    await wait(pause);
    if (isThere()) break;
    await look();
  }
  isLooking = false;
}

export function ask(path, { form, json, method = "POST" } = {}) {
  const headers = { "X-Visitor-Token": kept("token") };
  if (json) headers["Content-Type"] = "application/json";
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  return fetch(base + path, { method, headers, body, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(12_000) });
}
