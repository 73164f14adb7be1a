// The draft saves itself: at each change by htmx, and here again every ten seconds while something is not yet saved.
(() => {
  "use strict";
  const EVERY = 10000;
  const form = document.getElementById("svar");
  const saver = document.querySelector("[data-autosave]");
  if (!form || !saver) return;
  let dirty = false;

  form.addEventListener("change", (event) => {
    dirty = true;
    const row = event.target.closest("tr");
    const last = form.querySelector("[data-items] tbody tr:last-child");
    if (row && row === last) row.toggleAttribute("data-alert", Number(event.target.value) > 0);
  });
  form.addEventListener("submit", () => { dirty = false; });
  saver.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) dirty = false; });
  setInterval(() => { if (dirty) saver.dispatchEvent(new CustomEvent("fotspor:save")); }, EVERY);
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
})();
