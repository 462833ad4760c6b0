// Small things that every part of the pane needs: times as the reader's clock shows them, and what is theirs.

const language = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

export function localise(root) {
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    time.textContent = at.toDateString() === today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
    time.title = whole.format(at);
  }
  for (const time of root.querySelectorAll("time[data-zone]")) {
    try {
      const there = { timeZone: time.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      time.textContent = new Intl.DateTimeFormat(language, there).format(new Date());
    } catch {
      // A zone that this browser does not know; the server's rendering stays.
    }
  }
}

// Frames are the same for everybody who looks, so that what is not for me is decided here.
export function forMe(root) {
  const me = root.dataset.me;
  for (const part of root.querySelectorAll("[data-unless]")) part.hidden = part.dataset.unless === me;
  for (const part of root.querySelectorAll("[data-unless-assignee]")) part.hidden = root.dataset.assignee === me;
}

export function running(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(since)) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (days) return `${days}d ${hours % 24}h`;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function flash(entry) {
  entry.scrollIntoView({ block: "center" });
  entry.classList.remove("is-meant");
  void entry.offsetWidth; // the animation starts again
  entry.classList.add("is-meant");
}
