// Calls a teammate to a customer who began to wait: once for each handoff, whatever tabs are open.

const CALLED = "vivollo.called";
const NOTIFY = "vivollo.notify";

let audio = null;
// Browsers let a page sound only after its reader has touched it.
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => { audio ??= new AudioContext(); }, { once: true, passive: true });
}

function chime() {
  if (!audio) return;
  audio.resume();
  [[587.33, 0], [880, 0.13]].forEach(([pitch, delay]) => {
    const at = audio.currentTime + delay;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.07, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0005, at + 0.5);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  });
}

// Of several tabs, the first to claim a handoff sounds for it.
async function claim(handoff) {
  const take = () => {
    const called = JSON.parse(localStorage.getItem(CALLED) ?? "[]");
    if (called.includes(handoff)) return false;
    localStorage.setItem(CALLED, JSON.stringify([...called, handoff].slice(-100)));
    return true;
  };
  return navigator.locks ? navigator.locks.request(CALLED, take) : take();
}

const wantsNotifications = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem(NOTIFY) === "on";

export async function call(row) {
  const name = row.querySelector(".row-name").textContent;
  const reason = row.querySelector(".row-why")?.textContent ?? "";
  const status = document.getElementById("call");
  status.textContent = status.dataset.words.replace("{name}", name).replace("{reason}", reason);
  if (!(await claim(row.dataset.handoff))) return;
  if (document.getElementById("sound")?.dataset.sound === "on") chime();
  if (wantsNotifications() && !document.hasFocus()) {
    const note = new Notification(name, { body: reason, tag: `handoff-${row.dataset.handoff}` });
    note.onclick = () => {
      window.focus();
      document.querySelector(`#${row.id} .row-link`)?.click();
      note.close();
    };
  }
}

export function offerNotifications() {
  const button = document.querySelector("[data-notify]");
  const note = document.querySelector("[data-notify-note]");
  if (!button || !("Notification" in window)) return;
  const show = () => {
    button.setAttribute("aria-checked", String(wantsNotifications()));
    note.hidden = Notification.permission !== "denied";
    note.textContent = button.dataset.blocked;
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    const on = !wantsNotifications();
    if (on && Notification.permission === "default") await Notification.requestPermission();
    localStorage.setItem(NOTIFY, on ? "on" : "off");
    show();
  });
  show();
}
