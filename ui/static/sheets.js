// 訂正の画面: keys, the lens and the sums, for comfort. Without it the page is a form like any other.
// Letters are keys only while a cell of figures has the focus, where nobody types them (WCAG 2.1.4).
(() => {
  "use strict";
  const form = document.getElementById("correction");
  if (!form) return;
  const fixed = form.hasAttribute("data-fixed");
  const cells = () => [...form.querySelectorAll("input[data-kind]")];
  const figures = (input) => input.inputMode === "numeric";
  const seen = (input) => input.closest(".madoguchi-cell").querySelector("input[type=checkbox]");
  const open = (input) => { const box = seen(input); return box && !box.checked; };
  const was = new Map(cells().map((input) => [input.id, input.defaultValue]));

  // --- values: minutes, or whole numbers; null is no value ---
  function number(input) {
    const text = input.value.normalize("NFKC").replace(/[:.\s]/g, "");
    if (!text) return input.hasAttribute("data-unknown") && open(input) ? null : "";
    if (!/^\d+$/.test(text)) return null;
    if (input.dataset.kind !== "time" && input.dataset.kind !== "duration") return Number(text);
    const minutes = Number(text.slice(-2));
    if (minutes > 59 || (input.dataset.kind === "time" && text.length < 3)) return null;
    return Number(text.slice(0, -2) || "0") * 60 + minutes;
  }
  const clock = (minutes) => `${minutes < 0 ? "-" : ""}${Math.floor(Math.abs(minutes) / 60)}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;
  const byId = (id) => id && document.getElementById(id);

  function sums() {
    for (const total of form.querySelectorAll("[data-total]")) {
      const values = cells().filter((input) => input.dataset.column === total.dataset.of).map(number);
      const filled = values.filter((value) => value !== "");
      const known = !filled.includes(null);
      const due = total.dataset.how === "count" ? filled.length : filled.reduce((sum, value) => sum + value, 0);
      const input = byId(total.dataset.total), written = number(input);
      const timed = total.dataset.kind === "duration" || total.dataset.kind === "time";
      total.querySelector("[data-written]").textContent = input.value || "–";
      total.querySelector("[data-due]").textContent = !known ? "–" : timed ? clock(due) : String(due);
      total.dataset.agrees = !known || written === null ? "unknown" : (written || 0) === due ? "yes" : "no";
    }
    const left = cells().filter(open).length, told = form.querySelector("[data-left]");
    told.dataset.left = left;
    told.querySelector("[data-count]").textContent = left;
  }

  function arithmetic(row) {
    const names = row && row.dataset;
    if (!names || !names.equals) return;
    const [start, end, minus, equals] = [names.start, names.end, names.minus, names.equals].map(byId);
    const values = [start, end, equals].map(number), rest = minus ? number(minus) || 0 : 0;
    const cell = equals.closest(".madoguchi-cell");
    const due = values[1] - values[0] - rest;
    const wrong = values.every((value) => typeof value === "number") && due !== values[2];
    let note = cell.querySelector(".madoguchi-cell__due");
    if (!note && wrong) { note = document.createElement("span"); note.className = "madoguchi-cell__due"; cell.append(note); }
    if (note) note.textContent = wrong ? `= ${clock(due)}` : "";
    cell.toggleAttribute("data-blamed", wrong);
  }

  // --- the lens: the row's piece of paper, the cell marked in it ---
  const lens = document.getElementById("lens-paper"), view = document.getElementById("lens-view"), mark = document.getElementById("lens-mark");
  const WIDE = 190, SIDE = 10;
  function look(input) {
    const piece = input.closest(".madoguchi-cell").querySelector("svg");
    if (!piece) return;
    const [x, y, width, height] = piece.getAttribute("viewBox").split(" ").map(Number);
    const row = input.closest("tr"), whole = row ? row.dataset.view.split(" ").map(Number) : [SIDE, y, WIDE, height];
    lens.hidden = false;
    const room = view.clientWidth / (view.clientHeight || 72) * height;
    const wide = Math.min(whole[2], Math.max(room, width));
    const left = Math.min(Math.max(x + width / 2 - wide / 2, whole[0]), whole[0] + whole[2] - wide);
    view.setAttribute("viewBox", `${left} ${y} ${wide} ${height}`);
    for (const [name, value] of Object.entries({ x: x + 0.3, y: y + 0.3, width: width - 0.6, height: height - 0.6 })) mark.setAttribute(name, value);
    document.getElementById("lens-label").textContent = input.labels[0].textContent;
    const choices = document.getElementById("lens-choices");
    choices.textContent = input.dataset.choices ? `${choices.dataset.words}: ${input.dataset.choices.replaceAll("|", ", ")}` : "";
  }

  // --- keys ---
  function go(input) {
    if (!input) return;
    const closed = input.closest("details:not([open])");
    if (closed) closed.open = true;
    input.focus();
    input.select();
  }
  function nextDoubt(from) {
    const all = cells(), at = all.indexOf(from);
    return [...all.slice(at + 1), ...all.slice(0, at + 1)].find(open);
  }
  function beside(input, down, right) {
    const row = input.closest("tr");
    const all = cells().filter((each) => each.checkVisibility());
    if (!row) return all[all.indexOf(input) + (down || right)];
    if (right) return all[all.indexOf(input) + right];
    const column = all.filter((each) => each.dataset.column === input.dataset.column);
    const near = column[column.indexOf(input) + down];
    const outside = all.filter((each) => !each.closest("tr"));
    return near || (down > 0 ? outside.find((each) => all.indexOf(each) > all.indexOf(input)) : outside.filter((each) => all.indexOf(each) < all.indexOf(input)).pop());
  }
  function accept(input) {
    const box = seen(input);
    if (box) box.checked = true;
    tidy(input);
    sums();
    save();
    const next = nextDoubt(input);
    if (next) { go(next); return; }
    const finish = form.querySelector("button[value=finish]");
    finish.focus();
  }
  function tidy(input) {
    const value = number(input), timed = input.dataset.kind === "time" || input.dataset.kind === "duration";
    if (timed && typeof value === "number") input.value = clock(value);
  }
  function another(input) {
    const all = [was.get(input.id), ...(input.dataset.choices || "").split("|")].filter(Boolean);
    input.value = all[(all.indexOf(input.value) + 1) % all.length];
    changed(input);
    input.select();
  }
  function changed(input) {
    const box = seen(input);
    if (box && input.value !== was.get(input.id)) box.checked = true;
    input.removeAttribute("aria-invalid");
    arithmetic(input.closest("tr"));
    sums();
  }
  const atEdge = (input, right) => right > 0 ? input.selectionEnd === input.value.length : input.selectionStart === 0;
  const keys = {
    Enter: accept,
    ArrowUp: (input) => go(beside(input, -1, 0)),
    ArrowDown: (input) => go(beside(input, 1, 0)),
    Escape: (input) => { input.value = was.get(input.id); changed(input); input.select(); },
  };
  const letters = { n: (input) => go(nextDoubt(input)), k: another };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.dataset.kind || fixed && !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const act = sideways ? atEdge(input, sideways) && ((each) => go(beside(each, 0, sideways))) : keys[event.key] || (figures(input) && letters[event.key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act(input);
  });
  form.addEventListener("focusin", (event) => { if (event.target.dataset.kind) look(event.target); });
  form.addEventListener("focusout", (event) => { if (event.target.dataset.kind) tidy(event.target); });
  form.addEventListener("input", (event) => { if (event.target.dataset.kind) changed(event.target); else sums(); });

  // --- saving: after each accepted cell, one after the other; what the server says of the whole sheet replaces what stood there ---
  let saving = false, again = false, sending = null;
  form.addEventListener("submit", (event) => {
    if (!saving) return;
    sending = event.submitter;
    event.preventDefault();
  });
  async function save() {
    if (saving) { again = true; return; }
    saving = true;
    try {
      const said = new URLSearchParams(new FormData(form));
      said.set("-action", "save");
      const answer = await fetch(form.action, { method: "POST", body: said, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of answer.ok ? ["seen-version", "contradictions", "despite"] : ["refused"]) {
        const fresh = page.getElementById(id), old = document.getElementById(id);
        if (fresh && old) old.replaceWith(document.adoptNode(fresh));
        else if (fresh) form.before(document.adoptNode(fresh));
      }
    } catch {
      // Away for a moment: the next accepted cell, or the button, saves everything.
    } finally {
      saving = false;
      if (sending) form.requestSubmit(sending);
      else if (again) { again = false; save(); }
    }
  }

  document.getElementById("keys").hidden = false;
  const doubts = document.getElementById("doubts");
  if (doubts) doubts.hidden = true;
  for (const row of form.querySelectorAll("tr[data-equals]")) arithmetic(row);
  sums();
  const invalid = form.querySelector("[aria-invalid]"), second = document.querySelector("form[action$='/confirmation'] button");
  const despite = document.getElementById("refused") && form.querySelector("input[name=despite]");
  if (despite && !invalid && !cells().some(open)) despite.focus();
  else if (second && !invalid) second.focus();
  else go(invalid || cells().find(open) || cells()[0]);
})();
