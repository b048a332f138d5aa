// 案件の画面: keys and dragging in the viewer, a table of contents that closes; all for comfort. Every step is a link of the
// page and works without. Keys count only while the picture has the focus (WCAG 2.1.4).
(() => {
  "use strict";
  const KEYS = { PageDown: "next", PageUp: "previous", "+": "larger", ";": "larger", "=": "larger", "-": "smaller", r: "right", R: "left" };

  const sheetOf = (target) => target instanceof Element ? target.closest("#viewer-sheet") : null;

  function ready() {
    const hint = document.querySelector("#viewer [data-keys]");
    if (hint) hint.hidden = false;
    const sheet = document.getElementById("viewer-sheet");
    if (sheet) sheet.toggleAttribute("data-draggable", sheet.scrollWidth > sheet.clientWidth || sheet.scrollHeight > sheet.clientHeight);
  }

  document.addEventListener("keydown", (event) => {
    const name = KEYS[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || event.target.id !== "viewer-sheet") return;
    const link = document.getElementById(`viewer-${name}`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // The picture is replaced with the whole viewer. htmx keeps the focus, by the id; where the reader was across it is kept here.
  let across = 0;
  document.addEventListener("htmx:before:swap", () => {
    const sheet = document.getElementById("viewer-sheet");
    across = sheet ? sheet.scrollLeft / sheet.scrollWidth : 0;
  });

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest(".madoguchi-casebar__narrow a, .madoguchi-casebar > a") : null;
    const contents = document.querySelector(".madoguchi-casebar__narrow[open]");
    if (contents && (link || !contents.contains(event.target))) contents.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const contents = document.querySelector(".madoguchi-casebar__narrow[open]");
    if (event.key !== "Escape" || !contents) return;
    contents.open = false;
    contents.querySelector("summary").focus();
  });

  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const sheet = sheetOf(event.target);
    if (!sheet || event.button !== 0 || event.pointerType === "touch") return;
    drag = { sheet, x: event.clientX, y: event.clientY, left: sheet.scrollLeft, top: sheet.scrollTop };
    sheet.dataset.dragging = "";
    event.preventDefault();
    sheet.focus({ preventScroll: true });
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.sheet.scrollLeft = drag.left - (event.clientX - drag.x);
    drag.sheet.scrollTop = drag.top - (event.clientY - drag.y);
  });
  for (const ended of ["pointerup", "pointercancel"]) {
    document.addEventListener(ended, () => {
      if (drag) delete drag.sheet.dataset.dragging;
      drag = null;
    });
  }
  document.addEventListener("load", (event) => {
    const sheet = sheetOf(event.target);
    if (!sheet) return;
    ready();
    sheet.scrollLeft = across * sheet.scrollWidth;
  }, true);
  ready();
})();
