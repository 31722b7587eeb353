/// <reference lib="dom" />

/** What the page says to the editor: that it listens, or that its button was pressed. */
type FromImagePage = { readonly action: string };
declare function acquireVsCodeApi(): { postMessage(message: FromImagePage): void };

const editor = acquireVsCodeApi();
// How the image is judged comes later than the rest, which stays as it is: a person may be reading it.
window.addEventListener("message", ({ data }: MessageEvent<string>) => {
  const findings = document.getElementById("findings");
  if (findings !== null) findings.innerHTML = data;
});
document.addEventListener("click", ({ target }) => {
  const action =
    target instanceof Element ? target.closest<HTMLElement>("button")?.dataset.action : undefined;
  if (action !== undefined) editor.postMessage({ action });
});
editor.postMessage({ action: "ready" });
