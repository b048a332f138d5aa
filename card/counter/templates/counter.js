// 画面の切替え: the page follows the reader; without this it reads itself again, or after the next press.
"use strict";
const look = async () => {
  try {
    const { state } = await (await fetch("/state")).json();
    if (state !== document.body.dataset.state) location.replace("/");
  } catch {
    // the reader's program is being started again
  }
  setTimeout(look, 700);
};
look();
// 二重送信の防止
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
