// Trying a flow: the newest words are in sight, Enter sends, and the steps that were walked through are marked.
const composer = "[data-composer] textarea";

function show() {
  const page = document.querySelector("[data-try]");
  if (!page) return;
  const thread = page.querySelector(".t-thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
  const walked = new Set(page.dataset.walked.split(" "));
  const moved = new Set(page.dataset.moved.split(" "));
  for (const box of page.querySelectorAll("[data-step]")) {
    box.classList.toggle("t-walked", walked.has(box.dataset.step));
    box.classList.toggle("t-moved", moved.has(box.dataset.step));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(`${composer}, .t-reply textarea`)) return;
  event.preventDefault();
  const form = event.target.form;
  if (event.target.value.trim()) form.querySelector("button").click(); // htmx sends the name of a button that was clicked
});

// Which button was pressed decides where the hands go on.
let goesOn = "";
document.addEventListener("submit", (event) => {
  goesOn = event.submitter?.value === "take_over" ? ".t-reply textarea" : event.target.matches("[data-composer]") ? composer : "";
});

document.addEventListener("htmx:afterSettle", () => {
  show();
  if (goesOn) document.querySelector(goesOn)?.focus({ preventScroll: true });
  goesOn = "";
});

// A box leads to its editor as a page of its own: the graph's own way of swapping would leave the try's address behind.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-try] svg a[href]")) event.stopPropagation();
}, { capture: true });

show();
