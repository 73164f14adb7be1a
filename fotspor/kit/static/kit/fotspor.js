// What the browser does beyond links and forms. Everything works without it; nothing here knows a person or a rule.
(() => {
  "use strict";
  const STORE = "fotspor.shortcuts";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const first = (selector, from = document) => from.querySelector(selector);
  const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  // --- Single-key shortcuts: off by the personal setting, or in this browser (WCAG 2.1.4).
  const stored = () => { try { return localStorage.getItem(STORE); } catch { return null; } };
  const shortcuts = () => root.dataset.shortcuts !== "off" && stored() !== "off";

  function keepShortcutChoice(box) {
    box.checked = shortcuts();
    box.disabled = root.dataset.shortcuts === "off";
    box.addEventListener("change", () => { try { localStorage.setItem(STORE, box.checked ? "on" : "off"); } catch { /* private window */ } });
  }

  function shortcut(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") return closeOpen(event);
    if (!shortcuts() || typing(event.target)) return;
    if (event.key === "/") {
      const box = all("[data-search]").find((input) => input.offsetParent);
      if (box) { event.preventDefault(); box.focus(); }
    } else if (event.key === "?") {
      const list = first("#shortcuts");
      if (list && !list.open) { event.preventDefault(); open(list); }
    } else if (event.key === "l" && first("form[data-lock]")) {
      event.preventDefault();
      first("form[data-lock]").requestSubmit();
    } else copyFromPaper(event);
  }

  // --- Esc closes the innermost open disclosure and returns to what opened it; dialogs do so by themselves.
  function closeOpen(event) {
    const near = event.target.closest("details[open]") || all("details[data-closes][open]").at(-1);
    if (near && !first("dialog[open]")) { near.open = false; first("summary", near).focus(); }
  }

  function open(dialog) {
    const before = document.activeElement;
    dialog.addEventListener("close", () => before?.focus(), { once: true });
    dialog.showModal();
  }

  // --- A form copied from paper: 1 to 4 choose the box by its place and go on; Backspace goes back.
  function copyFromPaper(event) {
    const row = event.target.closest?.("[data-items] tbody tr");
    if (!row) return;
    const step = event.key === "Backspace" ? -1 : 1;
    if (step === 1) {
      const box = /^[1-9]$/.test(event.key) && all("input[type=radio]", row)[Number(event.key) - 1];
      if (!box) return;
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    event.preventDefault();
    const next = step === 1 ? row.nextElementSibling : row.previousElementSibling;
    if (next) (first("input:checked", next) || first("input", next)).focus();
  }

  // --- What cannot be undone is confirmed: <form data-confirm="title" data-confirm-text data-confirm-yes>.
  function confirmFirst(event) {
    const form = event.target;
    const dialog = first("#confirm");
    if (!form.dataset.confirm || form.dataset.confirmed || !dialog?.showModal) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    first("[data-confirm-title]", dialog).textContent = form.dataset.confirm;
    first("[data-confirm-text]", dialog).textContent = form.dataset.confirmText || "";
    const yes = first("[data-confirm-yes]", dialog);
    if (form.dataset.confirmYes) yes.textContent = form.dataset.confirmYes;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
    }, { once: true });
    open(dialog);
  }

  // --- A closed button says why instead of sending.
  function refuseClosed(event) {
    if (event.submitter?.getAttribute("aria-disabled") !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // --- Autosave: <form data-autosave hx-post="…" hx-trigger="autosave"> is sent every ten seconds when it changed.
  const changed = new WeakSet();
  setInterval(() => all("form[data-autosave]").forEach((form) => {
    if (!changed.has(form) || !window.htmx) return;
    changed.delete(form);
    window.htmx.trigger(form, "autosave");
  }), 10000);
  document.addEventListener("input", (event) => { const form = event.target.closest("form[data-autosave]"); if (form) changed.add(form); });
  document.addEventListener("change", (event) => { const form = event.target.closest("form[data-autosave]"); if (form) changed.add(form); });
  // A draft is not the answer: it does not use up the form's token.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent?.type === "autosave") event.detail.parameters.delete?.("_once");
  });

  // --- After a refused form, the summary has the focus. After a swap the user asked for, the line that says
  // what is shown has, else its heading.
  function meet(part) {
    all("[data-shortcuts-switch]", part).forEach(keepShortcutChoice);
    const errors = first("[data-errors]", part);
    if (errors) errors.focus();
    return Boolean(errors);
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (meet(target) || target.closest("[aria-live]")) return;
    if (!event.detail.requestConfig?.elt?.matches("a, button")) return;
    const heading = first("[data-meet]", target) || first("h1, h2, h3", target);
    if (heading) { heading.tabIndex = -1; heading.focus(); }
  });

  // --- A live region that would say the same once more is left alone, so that it is not read out every minute.
  const words = (text) => text.replace(/\s+/g, " ").trim();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (!target.matches("[aria-live]") || xhr.status !== 200) return;
    const said = new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent;
    if (words(said) === words(target.textContent)) event.detail.shouldSwap = false;
  });

  // --- The session. Nothing here keeps it going but «Keep working»: what asks and what keeps says that nobody did anything.
  const session = first("#session");
  const begun = new Set(); // forms with something typed since it was last kept
  const QUIET = { cache: "no-store", headers: { "X-Fotspor-Poll": "1" } };
  const TOLD = "fotspor.session"; // other windows ask at once when this one goes on, is locked or is signed out
  const tell = () => { try { localStorage.setItem(TOLD, `${Date.now()} ${Math.random()}`); } catch { /* private window */ } };

  // Forms that are read and sent at one address, and that let nobody in: what is typed there is kept for a day.
  function isKept(form) {
    if (!session || form.getAttribute("method") !== "post" || "everyTime" in form.dataset) return false;
    if (first("[data-draft-offer]") || form.closest("[data-autosave]") || first("[data-autosave]")) return false;
    const to = new URL(form.getAttribute("action") || "", location.href);
    return to.pathname === location.pathname && !first("input[type=password]", form);
  }
  function typedIn(event) {
    const form = event.target.form;
    if (form && isKept(form)) begun.add(form);
  }
  function keep(form) {
    begun.delete(form);
    const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    sent.set("_at", location.pathname + location.search);
    sent.set("_token", sent.get("_once") || ""); // not used up by this
    sent.delete("_once");
    return fetch(session.dataset.keep, { ...QUIET, method: "POST", body: sent, keepalive: true }).catch(() => {});
  }
  const keepAll = () => Promise.all([...begun].map(keep));

  function watchSession() {
    const { left, stay, warn } = session.dataset;
    let timer, isQuiet, isSeen;
    const later = (seconds) => { clearTimeout(timer); timer = setTimeout(ask, seconds * 1000); };
    const leave = async () => { await keepAll(); location.replace(location.pathname + location.search); };
    async function hear(sent) {
      try {
        const answer = await sent;
        if (answer.status !== 200 || !answer.headers.get("Content-Type").includes("json")) return leave();
        show(await answer.json());
      } catch { later(30); } // no network: the page stands
    }
    const ask = () => hear(fetch(left, QUIET));
    function show({ seconds, why, says }) {
      if (seconds > warn) {
        isQuiet = true;
        session.close();
        return later(seconds - warn);
      }
      first("[data-says]", session).textContent = says;
      if (!session.open && !isSeen) { keepAll(); isQuiet = false; open(session); }
      isSeen = why === "longest"; // said once: nothing can be done but to save
      later(Math.min(10, seconds + 1));
    }
    session.addEventListener("close", () => {
      if (isQuiet || isSeen) return;
      const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
      hear(fetch(stay, { method: "POST", headers: token, cache: "no-store" })).then(tell);
    });
    window.addEventListener("storage", (event) => { if (event.key === TOLD) ask(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    later(Math.max(0, session.dataset.seconds - warn));
    tell();
  }
  if (session) {
    watchSession();
    all("[data-until]").forEach((sentence) => sentence.remove());
    document.addEventListener("input", typedIn);
    document.addEventListener("change", typedIn);
    setInterval(keepAll, 15000);
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented) return;
      begun.delete(form);
      if (!("everyTime" in form.dataset) || !begun.size) return;
      event.preventDefault(); // out, or locked: what is typed elsewhere on the page is kept first
      keepAll().then(() => form.requestSubmit(event.submitter));
    });
  } else if (first("[data-locked]")) tell();

  document.addEventListener("keydown", shortcut);
  document.addEventListener("submit", refuseClosed, true);
  document.addEventListener("submit", confirmFirst, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print-now]")) window.print();
    all("details[data-closes][open]").forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  });

  // --- A page that is closed to printing gives the browser no name for its header or its file either.
  const closed = () => document.querySelector("main[data-paper=closed]");
  let named = "";
  window.addEventListener("beforeprint", () => { if (closed()) { named = document.title; document.title = "Fotspor"; } });
  window.addEventListener("afterprint", () => { if (closed() && named) document.title = named; });

  // --- A page kept by the browser may be another user's by now: ask the server again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("DOMContentLoaded", () => {
    meet(document);
    if (first("[data-print]")) document.fonts.ready.then(() => window.print());
  });
})();
