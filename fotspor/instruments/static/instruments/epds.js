// The draft saves itself: at each change by htmx, and here again every ten seconds while something is not yet saved.
(() => {
  "use strict";
  const EVERY = 10000;
  const form = document.getElementById("svar");
  const saver = document.querySelector("[data-autosave]");
  if (!form || !saver) return;
  let dirty = false;

  form.addEventListener("change", () => { dirty = true; });
  // A draft on its way is let in first: it brings the version that signing must name.
  form.addEventListener("submit", (event) => {
    dirty = false;
    if (!saver.classList.contains("htmx-request")) return;
    event.preventDefault();
    saver.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(event.submitter)), { once: true });
  });
  saver.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) dirty = false; });
  // The server says which row raises an alarm; the red follows it.
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    const raised = [...form.querySelectorAll("[data-row]")].map((line) => line.dataset.row);
    for (const row of form.querySelectorAll("[data-items] tbody tr")) row.toggleAttribute("data-alert", raised.includes(row.id));
  });
  setInterval(() => { if (dirty) saver.dispatchEvent(new CustomEvent("fotspor:save")); }, EVERY);
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
})();
