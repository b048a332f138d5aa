// プッシュ通知: says what this browser can do, and registers it. Everything else on the page works without this script.
(() => {
  "use strict";
  const box = document.getElementById("push");
  if (!box) return;
  const show = (state) => {
    for (const each of box.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== state;
  };
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;

  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const markOf = async (endpoint) => hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  const rows = [...document.querySelectorAll("[data-mark]")];

  const subscribe = async (registration) => {
    if (await Notification.requestPermission() !== "granted") return show("denied");
    const key = box.dataset.key;
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const body = JSON.stringify({ ...subscription.toJSON(), language: box.dataset.language });
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/api/account/notices/browsers", { method: "POST", headers, body });
    if (!answer.ok) {
      await subscription.unsubscribe();
      return show("unavailable");
    }
    location.hash = "browsers";
    location.reload();
  };

  const begin = async () => {
    if (Notification.permission === "denied") return show("denied");
    const registration = await navigator.serviceWorker.register("/push-worker.js", { scope: "/account/" });
    const subscription = await registration.pushManager.getSubscription();
    const mark = subscription ? await markOf(subscription.endpoint) : "";
    const row = rows.find((each) => each.dataset.mark === mark);
    if (row) {
      row.querySelector("[data-here]").hidden = false;
      row.querySelector("form").addEventListener("submit", () => subscription.unsubscribe());
      return show("on");
    }
    show("off");
    document.getElementById("push-on").addEventListener("click", () => {
      subscribe(registration).catch(() => show("unavailable"));
    });
  };
  begin().catch(() => show("unavailable"));
})();
