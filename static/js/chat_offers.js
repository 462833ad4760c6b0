// What a message offers beside its words: quick replies, and a form. The server says which are open when it
// renders; here they close as the thread goes on.

import { ask, uuid } from "./chat_wire.js";

const $ = (selector, within = document) => within.querySelector(selector);
const phrases = $("#phrases").dataset;

// Quick replies are for the newest entry only; a form waits until the visitor says something, or another form comes.
const closes = { options: () => true, form: (later) => later.dataset.author === "visitor" || Boolean($(".asked", later)) };

export function tidy(list, rest) {
  const entries = [...list.querySelectorAll(".entry")];
  const offers = [...list.querySelectorAll("[data-offer]")], held = document.activeElement?.closest("[data-offer]");
  const isOver = $("#speaker").dataset.kind === "finished";
  for (const offer of offers) {
    offer.noValidate = true; // the server checks, and says what is wrong beside the field, in the page's language
    const later = entries.slice(entries.indexOf(offer.closest(".entry")) + 1).filter(closes[offer.dataset.offer]);
    if (isOver || later.some((entry) => !entry.matches(".pending"))) offer.remove();
    else offer.hidden = later.length > 0; // words that are refused come back to the composer, and the offer with them
  }
  if (held && (held.hidden || !held.isConnected)) rest();
}

// Posts the answers. Refused or unanswered, the form stays with what was typed; the same answers keep their client_id.
export async function answer(form, told, apply, missed) {
  if (form.ariaBusy === "true") return;
  const half = [...form.elements].find((field) => field.validity?.badInput); // such as a date without its year
  if (half) return half.reportValidity();
  form.ariaBusy = "true";
  form.dataset.client ??= uuid();
  const fields = Object.fromEntries(new FormData(form));
  let status = 0, text = "";
  try {
    const reply = await ask("messages", { form: { ...fields, ...told(), client_id: form.dataset.client } });
    [status, text] = [reply.status, await reply.text()];
  } catch { /* nobody answered */ }
  form.ariaBusy = null;
  if (status === 200) return apply(text);
  const isForm = status === 422 && text.includes("<form");
  if (isForm) return again(form, text);
  complain(form, [422, 429].includes(status) && !text.includes("<") ? text : phrases.failed);
  if (status === 422 || status === 401) missed(status);
}

function again(form, html) { // with what is wrong beside each field
  const box = document.createElement("template");
  box.innerHTML = html;
  const renewed = $(".asked", box.content);
  form.replaceWith(renewed);
  renewed.noValidate = true;
  $('[aria-invalid="true"]', renewed)?.focus();
}

function complain(form, words) {
  const trouble = $('.trouble[role="alert"]', form);
  trouble.textContent = words;
  trouble.hidden = false;
}

export function changed(form) { // other answers are another message
  delete form.dataset.client;
  $('.trouble[role="alert"]', form).hidden = true;
}
