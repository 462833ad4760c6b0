// The admin: copies what a button points at, and asks before an answer cannot be taken back.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy], button[data-sure]");
  if (!button) return;
  if (button.dataset.sure && !window.confirm(button.dataset.sure)) event.preventDefault();
  if (!button.dataset.copy) return;
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  } catch {
    window.getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = words), 2000);
});
