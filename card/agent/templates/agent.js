// リーダーの様子: tells, while the page waits, whether a card lies on the reader. Without it everything else works.
"use strict";
const status = document.querySelector("[data-reader]");
if (status) {
  const look = async () => {
    try {
      const { state } = await (await fetch("/reader")).json();
      const said = status.dataset[state] ?? "";
      if (status.textContent !== said) status.textContent = said;
      status.dataset.state = state;
    } catch {
      status.textContent = "";
    }
    setTimeout(look, 1000);
  };
  look();
}
// 二重送信の防止: a card signs for a second or two; a second press would only ask it again.
document.querySelector("form")?.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => document.querySelector("button")?.removeAttribute("aria-disabled"));
