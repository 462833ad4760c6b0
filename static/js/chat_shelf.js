// What a chat page keeps in its browser: in the frame's own (partitioned) storage, or in memory where that is blocked.

const slug = document.documentElement.dataset.slug;
const memory = new Map();
export const key = (name) => `vivollo:${slug}:${name}`;
export function keep(name, value) {
  memory.set(key(name), value);
  try { value ? localStorage.setItem(key(name), value) : localStorage.removeItem(key(name)); } catch { /* memory has it */ }
}
export function kept(name) {
  try { return localStorage.getItem(key(name)) ?? memory.get(key(name)) ?? ""; } catch { return memory.get(key(name)) ?? ""; }
}
export function keptUnsent() {
  const names = new Set(memory.keys());
  try { Object.keys(localStorage).forEach((name) => names.add(name)); } catch { /* memory has them */ }
  const all = [...names].filter((name) => name.startsWith(key("unsent:"))).map((name) => kept(name.slice(key("").length)));
  return all.filter(Boolean).map((text) => JSON.parse(text)).sort((a, b) => a.at - b.at);
}
