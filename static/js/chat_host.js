// The page that embeds this one: only an origin of this chat page's list, and only the window that holds the frame.

const root = document.documentElement;
export const inFrame = "frame" in root.dataset && window.parent !== window;
const asked = new URLSearchParams(location.search).get("origin");
export const hostOrigin = inFrame && [...root.dataset.origins.split(" "), location.origin].includes(asked) ? asked : null;

export function tellHost(message) { if (hostOrigin) window.parent.postMessage({ vivollo: message }, hostOrigin); }
export function hear(handlers) {
  addEventListener("message", (event) => {
    if (event.source === window.parent && event.origin === hostOrigin) handlers[event.data?.vivollo?.type]?.(event.data.vivollo);
  });
}
document.querySelector("[data-close]")?.addEventListener("click", () => tellHost({ type: "close" }));
addEventListener("keydown", (event) => { if (event.key === "Escape") tellHost({ type: "close" }); });
