/// <reference lib="dom" />

declare function acquireVsCodeApi(): { postMessage(message: { readonly action: string }): void };

const editor = acquireVsCodeApi();
document.addEventListener("click", ({ target }) => {
  const action =
    target instanceof Element ? target.closest<HTMLElement>("button")?.dataset.action : undefined;
  if (action !== undefined) editor.postMessage({ action });
});
