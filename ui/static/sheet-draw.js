// 様式を描く: the drawing above the form. Every place and size lives in the form's inputs; the drawing reads and writes
// them, and the server adds, takes out, checks and saves. Without it the form does the same by numbers.
(() => {
  "use strict";
  const form = document.getElementById("draw"), board = document.getElementById("board");
  if (!form || !board) return;
  const svg = document.getElementById("drawing"), pad = document.getElementById("pad"), said = document.getElementById("drawing-said");
  const paper = board.querySelector(".madoguchi-draw__paper"), canvas = document.getElementById("underlay");
  const surface = JSON.parse(board.dataset.surface), combed = surface.combed.split(" ");
  const STEP = 0.5, WIDTH = 210, HEIGHT = 297;
  let selected = null, busy = false;

  // --- the form's inputs ---
  const input = (name) => form.elements.namedItem(name);
  const number = (name) => { const value = parseFloat(input(name)?.value); return Number.isFinite(value) ? value : null; };
  const put = (name, value) => { if (input(name)) input(name).value = String(Math.round(value * 100) / 100); };
  const parts = () => [...form.querySelectorAll("[data-part]")].filter((part) => !part.dataset.part.startsWith("checks."));
  const partOf = (place) => form.querySelector(`[data-part="${place}"]`);
  const boxWide = () => number("box.width") || surface.width, boxHigh = () => number("box.height") || surface.height;
  const isTable = (place) => /^tables\.\d+$/.test(place), isColumn = (place) => place.includes(".columns."), isNote = (place) => place.startsWith("notes.");
  const tableOf = (place) => place.split(".").slice(0, 2).join(".");
  const columnsOf = (table) => parts().map((part) => part.dataset.part).filter((place) => place.startsWith(`${table}.columns.`));
  const comb = (place) => (input(`${place}.comb`)?.value || "").normalize("NFKC").split(/[^0-9]+/).filter(Boolean).map(Number);
  const isCombed = (place) => combed.includes(partOf(place).dataset.kind);
  const combWide = (groups) => groups.reduce((sum, each) => sum + each, 0) * boxWide() + Math.max(0, groups.length - 1) * surface.colon;

  function room(place) {
    if (isTable(place)) {
      const inside = columnsOf(place).map(room), left = Math.min(...inside.map((each) => each.x));
      const right = Math.max(...inside.map((each) => each.x + each.width));
      if (!inside.length) return { x: 52, y: number(`${place}.top`) ?? 40, width: 20, height: tall(place) };
      return { x: left, y: number(`${place}.top`) ?? 40, width: right - left, height: tall(place) };
    }
    const x = number(`${place}.x`) ?? 0;
    const width = !isNote(place) && isCombed(place) ? combWide(comb(place)) : number(`${place}.width`) || boxWide();
    if (isColumn(place)) { const table = tableOf(place); return { x, y: number(`${table}.top`) ?? 40, width, height: tall(table) }; }
    const high = isNote(place) ? (input(`${place}.style`).value === "seal" ? width + 1.5 : 6) : number(`${place}.height`) || boxHigh();
    const y = (number(`${place}.y`) ?? 0) - (isNote(place) && input(`${place}.style`).value !== "label" ? 4 : 0);
    return { x, y, width, height: high };
  }
  const tall = (table) => ((number(`${table}.rows`) || 1) - 1) * (number(`${table}.pitch`) || 7) + boxHigh();
  const title = (place) => partOf(place).querySelector("summary").textContent.trim().replace(/\s+/g, " ");

  // --- the drawing ---
  function element(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  const rect = (box, look) => element("rect", { ...box, class: look });

  function combBoxes(place, y) {
    const made = [], high = isColumn(place) ? boxHigh() : room(place).height;
    let x = number(`${place}.x`) ?? 0;
    for (const group of comb(place)) {
      for (let each = 0; each < Math.min(group, 40); each += 1) { made.push(rect({ x, y, width: boxWide(), height: high }, "is-box")); x += boxWide(); }
      x += surface.colon;
    }
    return made;
  }
  function insides(place, box) {
    if (isTable(place)) {
      const pitch = number(`${place}.pitch`) || 7, rows = Math.min(number(`${place}.rows`) || 1, 60);
      const lines = Array.from({ length: rows }, (_, row) => element("line", { x1: box.x - 6, x2: box.x + box.width, y1: box.y + row * pitch, y2: box.y + row * pitch, class: "is-row" }));
      return [rect({ x: box.x - 6, y: box.y - 6, width: box.width + 6, height: box.height + 6 }, "is-table"), ...lines];
    }
    if (isNote(place)) return [rect(box, "is-note")];
    const boxes = isCombed(place) ? combBoxes(place, box.y) : [];
    return [rect(box, "is-frame"), ...boxes];
  }
  function shape(place) {
    const box = room(place), words = title(place);
    const name = element("text", { x: box.x, y: box.y - 0.8, class: "is-name" });
    name.textContent = partOf(place).querySelector("summary strong").textContent.split("　").pop();
    const made = element("g", { tabindex: 0, role: "button", "data-place": place, "aria-label": `${words}, ${where(place)}`, "aria-pressed": place === selected }, ...insides(place, box), name);
    if (place === selected) made.append(element("rect", { x: box.x + box.width - 1.5, y: box.y + box.height - 1.5, width: 3, height: 3, class: "is-handle", "data-handle": "" }));
    return made;
  }
  const where = (place) => { const box = room(place); return board.dataset.moved.replace("{x}", short(box.x)).replace("{y}", short(isNote(place) ? number(`${place}.y`) ?? 0 : box.y)); };
  const short = (value) => String(Math.round(value * 10) / 10);

  function draw() {
    const focused = document.activeElement?.dataset?.place;
    const order = parts().map((part) => part.dataset.part).sort((one, other) => isNote(other) - isNote(one) || isTable(other) - isTable(one));
    svg.replaceChildren(...surface.reserved.map(([x, y, width, height]) => rect({ x, y, width, height }, "is-reserved")), ...order.map(shape));
    pad.hidden = !selected;
    if (focused) shown(focused)?.focus({ preventScroll: true });
  }
  const shown = (place) => svg.querySelector(`[data-place="${place}"]`);
  function select(place) {
    if (selected === place) return;
    selected = place;
    for (const part of parts()) part.toggleAttribute("data-selected", part.dataset.part === place);
    draw();
  }
  const tell = (words) => { said.textContent = words; };

  // --- moving and sizing: what is written is in the form ---
  const between = (value, least, most) => Math.min(Math.max(value, least), Math.max(most, least));
  function move(place, right, down) {
    const box = room(place);
    const dx = between(right, -box.x, WIDTH - box.x - box.width), dy = between(down, -box.y, HEIGHT - box.y - box.height);
    if (isTable(place)) { for (const each of columnsOf(place)) put(`${each}.x`, (number(`${each}.x`) ?? 0) + dx); put(`${place}.top`, box.y + dy); } else {
      put(`${place}.x`, (number(`${place}.x`) ?? 0) + dx);
      if (!isColumn(place)) put(`${place}.y`, (number(`${place}.y`) ?? 0) + dy);
    }
    draw();
    tell(`${title(place)} ${where(place)}`);
  }
  function size(place, width, height) {
    const box = room(place), wider = Math.abs(width - box.width) > 0.01, higher = Math.abs(height - box.height) > 0.01;
    if (isTable(place)) { if (higher) put(`${place}.rows`, between(Math.round((height - boxHigh()) / (number(`${place}.pitch`) || 7)) + 1, 1, 60)); }
    else if (!isNote(place) && isCombed(place)) { if (wider) boxes(place, width); }
    else {
      if (wider) put(`${place}.width`, between(width, 1, WIDTH - box.x));
      if (higher && input(`${place}.height`)) put(`${place}.height`, between(height, 1, HEIGHT - box.y));
    }
    draw();
    tell(`${title(place)} ${short(room(place).width)} × ${short(room(place).height)} mm`);
  }
  function boxes(place, width) {
    const groups = comb(place), kind = partOf(place).dataset.kind;
    if (kind === "day" || kind === "time" || !groups.length) return;
    const rest = groups.slice(1), most = kind === "duration" ? 3 : 12;
    groups[0] = between(Math.round((width - combWide([0, ...rest])) / boxWide()), 1, most);
    input(`${place}.comb`).value = groups.join(", ");
  }
  function steps(place) {
    if (isTable(place)) return [0, number(`${place}.pitch`) || 7];
    return !isNote(place) && isCombed(place) ? [boxWide(), 0] : [STEP, isColumn(place) || isNote(place) ? 0 : STEP];
  }
  function grow(place, right, down) {
    const box = room(place), [wide, high] = steps(place);
    size(place, box.width + right * wide, box.height + down * high);
  }
  function unfold(place) {
    for (let each = partOf(place); each; each = each.parentElement.closest("details")) each.open = true;
  }
  function numbers(place) {
    unfold(place);
    const first = partOf(place).querySelector("input:not([type=hidden])");
    first.focus();
    first.scrollIntoView({ block: "center" });
  }

  // --- keys and buttons ---
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("keydown", (event) => {
    const place = event.target.dataset.place;
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    if (arrow) { if (event.shiftKey) grow(place, ...arrow); else move(place, arrow[0] * STEP, arrow[1] * STEP); }
    else if (event.key === "Enter" || event.key === " ") numbers(place);
    else if (event.key === "Delete") send(`remove:${place}`);
    else return;
    event.preventDefault();
  });
  svg.addEventListener("focusin", (event) => { if (event.target.dataset.place) { select(event.target.dataset.place); tell(`${title(selected)} ${where(selected)}`); } });
  const moves = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }, grows = { narrower: [-1, 0], wider: [1, 0], lower: [0, -1], higher: [0, 1] };
  pad.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.move;
    if (!act || !selected) return;
    if (moves[act]) move(selected, ...moves[act].map((each) => each * STEP)); else grow(selected, ...grows[act]);
  });

  // --- mouse, pen and finger ---
  const mode = () => form.querySelector("input[name='-mode']:checked").value;
  function at(event) {
    const area = svg.getBoundingClientRect();
    return { x: between((event.clientX - area.left) / area.width * WIDTH, 0, WIDTH), y: between((event.clientY - area.top) / area.height * HEIGHT, 0, HEIGHT) };
  }
  const snapped = (value) => Math.round(value / STEP) * STEP;
  let drag = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || busy) return;
    const start = at(event), place = event.target.closest("[data-place]")?.dataset.place;
    if (mode() === "move") {
      if (!place) return;
      const handle = event.target.hasAttribute("data-handle");
      shown(place).focus({ preventScroll: true });
      select(place);
      drag = { place, handle, last: start, box: room(place) };
    } else drag = { start, band: svg.appendChild(rect({ x: start.x, y: start.y, width: 0, height: 0 }, "is-band")) };
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const here = at(event);
    if (drag.band) { for (const [key, value] of Object.entries(banded(drag.start, here))) drag.band.setAttribute(key, value); return; }
    if (drag.handle) { size(drag.place, snapped(here.x - drag.box.x), snapped(here.y - drag.box.y)); return; }
    const right = snapped(here.x - drag.last.x), down = snapped(here.y - drag.last.y);
    if (!right && !down) return;
    move(drag.place, right, down);
    drag.last = { x: drag.last.x + right, y: drag.last.y + down };
  });
  const banded = (one, other) => ({ x: Math.min(one.x, other.x), y: Math.min(one.y, other.y), width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) });
  svg.addEventListener("pointerup", (event) => {
    if (drag?.band) {
      const box = banded(drag.start, at(event));
      send(`add:${mode()}`, [box.x, box.y, box.width, box.height].map((each) => each.toFixed(2)).join(","), true);
    }
    drag = null;
  });
  svg.addEventListener("pointercancel", () => { drag = null; draw(); });
  form.addEventListener("change", (event) => { if (event.target.name === "-mode") svg.dataset.mode = mode(); });

  // --- the server: adds, takes out, checks; what it says replaces what stood there, the scan stays ---
  async function send(action, place = "", byHand = false) {
    if (busy) return false;
    busy = true;
    const body = new URLSearchParams(new FormData(form));
    body.set("-action", action);
    body.set("-at", place);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("draw");
      if (!fresh) throw new Error("another page");
      take(fresh, action, byHand);
      return answer.ok;
    } catch {
      tell(board.dataset.away);
      return false;
    } finally {
      busy = false;
    }
  }
  function take(fresh, action, byHand) {
    const keep = { focus: document.activeElement?.id, kind: input("-kind").value, check: input("-check").value, open: [...form.querySelectorAll("details[open]")].map((each) => each.id) };
    for (const each of fresh.querySelectorAll("[autofocus]")) each.removeAttribute("autofocus");
    const only = action === "show" ? ["checks-part"] : ["said", "parts"];
    for (const id of only) document.getElementById(id).replaceWith(document.adoptNode(fresh.querySelector(`#${id}`)));
    input("-kind").value = keep.kind;
    input("-check").value = keep.check;
    if (!action.startsWith("remove:")) for (const id of keep.open.filter(Boolean)) { const part = document.getElementById(id); if (part) part.open = true; }
    const made = fresh.dataset.new;
    if (action.startsWith("remove:")) selected = null;
    const checks = made?.startsWith("checks.");
    if (made && !checks) { selected = null; select(made); } else draw();
    if (made) unfold(made);
    if (made && byHand) shown(made)?.focus({ preventScroll: true });
    else if (made) (checks ? partOf(made).querySelector("select, input:not([type=hidden])") || partOf(made).querySelector("summary") : shown(made)).focus();
    else if (action === "check") (document.getElementById("error-summary") || document.getElementById("right"))?.focus();
    else if (action.startsWith("remove:")) document.getElementById(action.startsWith("remove:checks") ? "new-check" : "new-kind").focus();
    else if (keep.focus) document.getElementById(keep.focus)?.focus();
  }
  let sure = false;
  form.addEventListener("submit", async (event) => {
    const action = event.submitter?.value || "check", button = event.submitter;
    if (sure) { sure = false; return; }
    event.preventDefault();
    if (action !== "save" && action !== "print") { send(action); return; }
    if (await send("check")) { sure = true; form.requestSubmit(button); }
  });

  // --- what is typed shows at once ---
  const COMBS = { day: "2", time: "2, 2", duration: "2, 2" };
  function turned(part) {
    const place = part.dataset.part, kind = input(`${place}.kind`).value;
    part.dataset.kind = kind;
    if (combed.includes(kind)) {
      input(`${place}.width`).value = "";
      if (COMBS[kind] || !comb(place).length) input(`${place}.comb`).value = COMBS[kind] || "4";
      return;
    }
    input(`${place}.comb`).value = "";
    if (!input(`${place}.width`).value) input(`${place}.width`).value = kind === "tick" ? "5" : "40";
    if (kind === "tick" && input(`${place}.height`)) input(`${place}.height`).value = "5";
  }
  form.addEventListener("input", (event) => {
    const part = event.target.closest("[data-part]");
    if (!part || part.dataset.part.startsWith("checks.")) return;
    const place = part.dataset.part;
    if (event.target.name === `${place}.kind`) turned(part);
    const words = [input(`${place}.id`)?.value, (input(`${place}.label.${document.documentElement.lang.slice(0, 2)}`) || input(`${place}.label.ja`))?.value].filter(Boolean);
    if (words.length) part.querySelector("summary strong").textContent = words.join("　");
    draw();
  });
  form.addEventListener("change", (event) => {
    const steering = /^((fields|tables)\..*\.?(id|kind)|checks\.\d+\.table)$/.test(event.target.name || "");
    if (steering && form.querySelector("[data-part^='checks.']")) send("show");
  });
  form.addEventListener("focusin", (event) => {
    const part = event.target.closest("[data-part]");
    if (part && !part.dataset.part.startsWith("checks.") && !svg.contains(event.target)) select(part.dataset.part);
  });

  // --- the scan: in this window only; a PDF's first page is drawn by the server, which keeps nothing ---
  let picture = null, turn = 0;
  function paint() {
    const brush = canvas.getContext("2d"), { width, height } = canvas;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, width, height);
    brush.translate(width / 2, height / 2);
    brush.rotate(turn * Math.PI / 2);
    const [wide, high] = turn % 2 ? [height, width] : [width, height];
    brush.drawImage(picture, -wide / 2, -high / 2, wide, high);
    canvas.hidden = false;
  }
  async function lay(file) {
    const isPdf = file.type === "application/pdf" || /\.pdf$/i.test(file.name);
    let blob = file;
    if (isPdf) {
      const body = new FormData();
      body.set("file", file);
      const answer = await fetch(`${form.action}/scan`, { method: "POST", body, headers: { accept: "image/jpeg" } });
      if (!answer.ok) throw new Error("no picture");
      blob = await answer.blob();
    }
    picture = await createImageBitmap(blob);
    turn = picture.width > picture.height ? 1 : 0;
    paint();
    tell("");
  }
  document.getElementById("scan").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) try { await lay(file); } catch { tell(board.dataset.unread); }
  });
  const acts = {
    turn: () => { if (picture) { turn = (turn + 1) % 4; paint(); } },
    veil: (button) => button.setAttribute("aria-pressed", String(canvas.classList.toggle("is-veiled"))),
    zoom: (button) => { const near = paper.dataset.zoom === "1"; paper.dataset.zoom = near ? "2" : "1"; button.setAttribute("aria-pressed", String(near)); },
    numbers: () => { if (selected) numbers(selected); },
  };
  board.addEventListener("click", (event) => { const button = event.target.closest("[data-act]"); if (button) acts[button.dataset.act](button); });

  board.hidden = false;
  svg.dataset.mode = mode();
  draw();
})();
