// 机の操作: rows by J and K, C claims, N claims the next free one, / searches, ? lists the keys. All of it can be done by Tab and Enter, too.
// Single keys act only where nobody is typing, and can be turned off (WCAG 2.2, 2.1.4).
(() => {
  "use strict";
  const OFF = "madoguchi-keys-off";
  const list = document.getElementById("shortcuts");
  if (!list) return;
  list.hidden = false;
  const off = document.getElementById("shortcuts-off");
  const kept = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  off.checked = kept();
  off.addEventListener("change", () => {
    try { localStorage.setItem(OFF, off.checked ? "yes" : "no"); } catch { /* Private windows keep nothing. */ }
  });

  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));
  function move(by) {
    const all = rows(), at = here();
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    const link = next && next.querySelector("th a");
    if (link) link.focus();
  }
  function claim() {
    const row = rows()[here()], form = row && row.querySelector("form[action$='/claim']");
    if (form) form.requestSubmit();
  }
  function claimNext() {
    const form = document.getElementById("take-next");
    if (form) form.requestSubmit();
  }
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    c: claim,
    n: claimNext,
    "/": () => { const box = document.getElementById("text"); if (box) { box.focus(); box.select(); } },
    "?": () => { const all = list.querySelector("details"); all.open = true; all.querySelector("summary").focus(); },
  };
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key.toLowerCase()];
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (!act || typing || off.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    act();
  });
})();
