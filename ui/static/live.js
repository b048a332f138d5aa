// 自動更新: the server says *that* something changed (server-sent events); the page then fetches itself and replaces
// what is marked data-live, keeping focus, open details and whatever is being typed (forms are not inside data-live).
// Without EventSource, where a page has no events, or where its connection is refused, the page asks by itself now and
// then instead. A page that comes without its live region has nothing more to tell.
(() => {
  "use strict";
  const QUIET = 250, POLL_MOVING = 5000, POLL_IDLE = 30000, LONGEST_REST = 10000;

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const live = document.getElementById("live");
  if (!live) return;
  const note = document.getElementById("live-note"), ended = document.getElementById("live-ended");
  let source = null, timer = 0, poll = 0, over = false, fetching = null;

  const place = (element, root) => {
    if (!element || !root.contains(element)) return null;
    const of = (each) => each.id ? `#${CSS.escape(each.id)}` : each.tagName + "|" + (each.getAttribute("href") || each.textContent.trim().slice(0, 80));
    return of(element);
  };
  const find = (root, wanted) => {
    if (!wanted) return null;
    if (wanted.startsWith("#")) return root.matches(wanted) ? root : root.querySelector(wanted);
    return [...root.querySelectorAll("a, button, summary, [tabindex]")].find((each) => place(each, root) === wanted);
  };

  function replace(old, fresh) {
    const was = old.cloneNode(true);
    for (const each of was.querySelectorAll("details[open]")) each.open = false;
    if (was.outerHTML === fresh.outerHTML) return "";
    const focused = place(document.activeElement, old);
    const boxes = 'input[type="checkbox"][name][value]';
    const checked = new Set([...old.querySelectorAll(`${boxes}:checked`)].map((each) => each.name + "|" + each.value));
    for (const each of fresh.querySelectorAll(boxes)) each.checked = checked.has(each.name + "|" + each.value);
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent.trim()));
    for (const each of fresh.querySelectorAll("details > summary")) {
      if (open.has(each.textContent.trim())) each.parentElement.open = true;
    }
    const said = fresh.dataset.says !== old.dataset.says ? fresh.dataset.says : "";
    old.replaceWith(fresh);
    const again = find(fresh, focused);
    if (again) again.focus({ preventScroll: true });
    return said || "";
  }

  // What one is about to click must not move: a list keeps still while the pointer rests on it.
  const rested = (element) => new Promise((resolve) => {
    if (!element.matches("[data-live-rests]:hover")) { resolve(); return; }
    const go = () => { clearTimeout(late); element.removeEventListener("pointerleave", go); resolve(); };
    const late = setTimeout(go, LONGEST_REST);
    element.addEventListener("pointerleave", go);
  });

  async function refresh() {
    if (fetching) { fetching.again = true; return; }
    fetching = { again: false };
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-store" });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { stop(); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = [];
      for (const old of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(old.id);
        if (!fresh) continue;
        await rested(old);
        said.push(replace(old, document.adoptNode(fresh)));
      }
      const words = said.filter(Boolean).join(" ");
      if (words) live.textContent = words;
      if (!page.getElementById("live")) { over = true; close(); }
    } catch {
      // Away for a moment: the next event or the next turn asks again.
    } finally {
      const again = fetching.again;
      fetching = null;
      if (again) soon();
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, QUIET);
  }

  function stop() {
    over = true;
    close();
    if (note) note.hidden = true;
    if (ended) ended.hidden = false;
    if (ended) live.textContent = ended.textContent.trim();
  }

  function close() {
    if (source) source.close();
    source = null;
    clearInterval(poll);
    poll = 0;
  }

  function ask() {
    if (poll || over) return;
    poll = setInterval(refresh, document.querySelector("[data-live][data-moving]") ? POLL_MOVING : POLL_IDLE);
  }

  function listen() {
    if (over || source || document.hidden) return;
    if (!window.EventSource || !live.dataset.events) { ask(); return; }
    source = new EventSource(live.dataset.events);
    source.addEventListener("open", () => { clearInterval(poll); poll = 0; });
    source.addEventListener("changed", soon);
    // A new login in another window ends this one's stream too: whether we are still known, the page itself says.
    source.addEventListener("ended", () => { close(); refresh().then(() => { if (!over) listen(); }); });
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) { source = null; ask(); }
    });
  }

  // A browser opens six connections to a site at most (HTTP/1.1): a page nobody looks at gives its one back.
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else listen(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  if (note) note.hidden = false;
  listen();
})();
