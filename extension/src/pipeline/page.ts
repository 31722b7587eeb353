/// <reference lib="dom" />
import type { FromPage, PipelineState, ToPage } from "./messages.ts";
import { type PipelineButton, renderPipeline } from "./render.ts";

/** What a webview is given to talk by. */
interface EditorChannel {
  postMessage(message: FromPage): void;
  setState(state: PipelineState): void;
}
declare function acquireVsCodeApi(): EditorChannel;

const editor = acquireVsCodeApi();
const part = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
};

/** Draws a part anew when it changed, and keeps the focus where it was. */
function draw(element: HTMLElement, html: string): void {
  if (element.dataset.drawn === html) return;
  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
  const hadFocus = element.contains(document.activeElement);
  element.innerHTML = html;
  element.dataset.drawn = html;
  if (!hadFocus || focused === undefined) return;
  const again = [...element.querySelectorAll<HTMLElement>("[data-key]")].find(
    ({ dataset }) => dataset.key === focused,
  );
  (again ?? element.querySelector("button"))?.focus();
}

function select(step: number): void {
  for (const node of document.querySelectorAll<HTMLElement>(".node")) {
    const isSelected = step >= 0 && node.dataset.step === String(step);
    node.classList.toggle("selected", isSelected);
    if (isSelected) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  }
}

let selected = -1;

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "select") selected = data.step;
  else {
    const parts = renderPipeline(data.model, data.words);
    draw(part("head"), parts.head);
    draw(part("lanes"), parts.lanes);
    draw(part("timeline"), parts.timeline);
    const status = part("status");
    if (status.textContent !== data.model.announcement) status.textContent = data.model.announcement;
    document.body.dataset.state = data.model.state;
    editor.setState(data.state);
  }
  select(selected);
});

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("button") : null;
  if (button === null) return;
  const { action, step } = button.dataset;
  if (action !== undefined) editor.postMessage({ type: "action", action: action as PipelineButton });
  else if (step !== undefined && Number(step) >= 0)
    editor.postMessage({ type: "reveal", step: Number(step) });
});

// Arrow keys go from box to box, as in a toolbar; Tab works besides.
document.addEventListener("keydown", (event) => {
  const ahead = event.key === "ArrowRight" || event.key === "ArrowDown";
  if (!ahead && event.key !== "ArrowLeft" && event.key !== "ArrowUp") return;
  const nodes = [...document.querySelectorAll<HTMLElement>(".node")];
  const at = nodes.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  nodes[(at + (ahead ? 1 : nodes.length - 1)) % nodes.length]?.focus();
});

editor.postMessage({ type: "ready" });
