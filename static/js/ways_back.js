// What each way back would lead to: asked of the server while a sheet is open, and shown before anybody confirms.

const PAUSE = 400;

export function foresee(root, address, signal, parse) {
  const sheets = [...root.querySelectorAll("details[data-foresee]")];
  let asked = 0;
  let later = 0;

  // Opened: every way, as they stand now. Afterwards only the one that is chosen, so that nothing moves under the hand.
  async function look(sheet, opened) {
    const form = sheet.querySelector("form");
    const fixed = sheet.dataset.foresee;
    const way = fixed || (opened ? "" : new FormData(form).get("way"));
    if (way === null) return;
    const query = new URLSearchParams({ note: form.elements.note?.value ?? "" });
    if (way) query.set("way", way);
    const mine = ++asked;
    try {
      const answer = await fetch(`${address}hand-back?${query}`, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, signal });
      if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
      const found = parse(await answer.text());
      if (mine !== asked || !sheet.open) return;
      if (answer.ok) show(form, found, opened && !fixed);
      else say(form, way, found.querySelector("[data-trouble]")?.textContent.trim());
    } catch {
      if (mine === asked && !signal.aborted) say(form, way);
    }
  }

  function show(form, found, whole) {
    if (whole) {
      const [old, fresh] = [form.querySelector("[data-ways]"), document.importNode(found.querySelector("[data-ways]"), true)];
      const chosen = new FormData(form).get("way");
      const held = old.contains(document.activeElement);
      const again = chosen && fresh.querySelector(`[value="${CSS.escape(chosen)}"]`);
      if (again) again.checked = true;
      old.replaceWith(fresh);
      if (held) fresh.querySelector(":checked")?.focus();
      return;
    }
    for (const place of form.querySelectorAll("[data-next]")) {
      const fresh = found.querySelector(`[data-next="${place.dataset.next}"]`);
      if (fresh?.childElementCount) place.replaceChildren(...document.importNode(fresh, true).childNodes);
    }
  }

  function say(form, way, refusal) {
    const words = document.createElement("p");
    words.textContent = refusal || root.querySelector('[data-words="unforeseen"]').content.textContent;
    const chosen = way || new FormData(form).get("way");
    form.querySelector(`[data-next="${CSS.escape(chosen ?? "")}"]`)?.replaceChildren(words);
  }

  function again() {
    const sheet = sheets.find((one) => one.open);
    clearTimeout(later);
    if (sheet) later = setTimeout(look, PAUSE, sheet, false);
  }

  for (const sheet of sheets) {
    sheet.addEventListener("toggle", () => sheet.open && look(sheet, true), { signal });
    sheet.addEventListener("change", ({ target }) => target.name === "way" && look(sheet, false), { signal });
    sheet.addEventListener("input", ({ target }) => target.name === "note" && again(), { signal });
  }
  signal.addEventListener("abort", () => clearTimeout(later));

  return { again };
}
