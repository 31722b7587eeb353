import { formatDuration, formatRate } from "../runs/numbers.ts";
import type { LaneId, PipelineLane, PipelineModel, PipelineNode, TimelineBar } from "./lanes.ts";

/** Words of the drawing, in the editor's language. */
export interface PipelineWords {
  readonly lanes: Readonly<Record<LaneId, string>>;
  readonly states: Readonly<Record<PipelineModel["state"] | PipelineNode["state"], string>>;
  readonly buttons: Readonly<Record<PipelineButton, string>>;
  readonly rehearsal: string;
  readonly timeline: string;
  readonly critical: string;
  readonly retries: string;
  readonly empty: string;
}

/** What can be asked for from the drawing. */
export const pipelineButtons = ["plan", "run", "stop", "resume", "copy"] as const;
export type PipelineButton = (typeof pipelineButtons)[number];

/** Parts of the page, each drawn anew only when it changed. */
export interface PipelineParts {
  readonly head: string;
  readonly lanes: string;
  readonly timeline: string;
}

/** The page as HTML. Pure; every text of others is escaped, and nothing needs a style attribute. */
export function renderPipeline(model: PipelineModel, words: PipelineWords): PipelineParts {
  return {
    head: renderHead(model, words),
    lanes:
      model.lanes.length === 0
        ? `<p class="empty">${escapeHtml(words.empty)}</p>`
        : model.lanes
            .map((lane) => renderLane(lane, words))
            .join('<span class="edge" aria-hidden="true"></span>'),
    timeline: renderTimeline(model.timeline, words),
  };
}

/** The buttons that make sense in a state. */
export function buttonsOf(state: PipelineModel["state"]): readonly PipelineButton[] {
  if (state === "running") return ["stop", "copy"];
  if (state === "stopping") return ["copy"];
  if (state === "planned") return ["plan", "run"];
  return state === "finished" ? ["plan", "run", "copy"] : ["resume", "plan", "copy"];
}

function renderHead(model: PipelineModel, words: PipelineWords): string {
  const badge = model.rehearsal ? ` <span class="badge">${escapeHtml(words.rehearsal)}</span>` : "";
  const problem = model.problem === "" ? "" : `<p class="problem">${escapeHtml(model.problem)}</p>`;
  const buttons = buttonsOf(model.state)
    .map(
      (name) =>
        `<button type="button" class="action" data-action="${name}" data-key="action:${name}">${escapeHtml(words.buttons[name])}</button>`,
    )
    .join("");
  return (
    `<h1>${escapeHtml(model.title)}${badge}</h1>` +
    `<p class="state ${model.state}">${escapeHtml(words.states[model.state])}</p>` +
    `<div class="actions">${buttons}</div>${problem}`
  );
}

function renderLane(lane: PipelineLane, words: PipelineWords): string {
  const label = escapeHtml(words.lanes[lane.id]);
  const facts = lane.facts.map((fact) => `<li title="${escapeHtml(fact)}">${escapeHtml(fact)}</li>`).join("");
  const nodes = lane.nodes.map((node) => `<li>${renderNode(node, words)}</li>`).join("");
  return (
    `<section class="lane" aria-label="${label}"><h2>${label}</h2>` +
    `${facts === "" ? "" : `<ul class="facts">${facts}</ul>`}<ul class="nodes">${nodes}</ul></section>`
  );
}

function renderNode(node: PipelineNode, words: PipelineWords): string {
  const state = words.states[node.state];
  const retries = node.retries > 0 ? ` · ${escapeHtml(words.retries)} ${node.retries}` : "";
  const bar =
    node.share === null || node.state === "finished"
      ? ""
      : `<progress max="100" value="${Math.floor(node.share * 100)}" aria-label="${escapeHtml(node.label)}"></progress>`;
  return (
    `<button type="button" class="node ${node.state}" data-step="${node.step}" data-key="node:${escapeHtml(node.key)}">` +
    `<span class="name">${escapeHtml(node.label)}</span><span class="mark">${escapeHtml(state)}</span>` +
    `<span class="text">${escapeHtml(node.text)}${retries}</span></button>${bar}${renderSparkline(node.rates)}`
  );
}

const sparkWidth = 120;
const sparkHeight = 20;

/** Rates as a line; nothing before there are two. */
export function renderSparkline(rates: readonly number[]): string {
  if (rates.length < 2) return "";
  const most = Math.max(...rates, 1);
  const points = rates
    .map((rate, index) => {
      const x = (index / (rates.length - 1)) * sparkWidth;
      const y = sparkHeight - (rate / most) * (sparkHeight - 2) - 1;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
  const label = escapeHtml(formatRate(rates.at(-1) ?? 0));
  return (
    `<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${sparkWidth} ${sparkHeight}" preserveAspectRatio="none">` +
    `<polyline points="${points}"/></svg>`
  );
}

const timelineWidth = 1000;

function renderTimeline(bars: readonly TimelineBar[], words: PipelineWords): string {
  if (bars.length === 0) return "";
  const whole = Math.max(1, ...bars.map(({ endMs }) => endMs));
  const rows = bars.map((bar) => {
    const x = (bar.startMs / whole) * timelineWidth;
    const width = Math.max(2, ((bar.endMs - bar.startMs) / whole) * timelineWidth);
    const took = formatDuration(bar.endMs - bar.startMs);
    const kind = `${bar.critical ? "critical" : ""}${bar.failed ? " failed" : ""}`;
    const path = bar.critical ? `<span class="path">${escapeHtml(words.critical)}</span>` : "";
    return (
      `<tr><th scope="row"><button type="button" class="link" data-step="${bar.step}" data-key="bar:${escapeHtml(bar.key)}">${escapeHtml(bar.key)}</button></th>` +
      `<td class="bar"><svg viewBox="0 0 ${timelineWidth} 10" preserveAspectRatio="none" aria-hidden="true">` +
      `<rect class="${kind}" x="${x.toFixed(1)}" y="1" width="${width.toFixed(1)}" height="8"/></svg></td>` +
      `<td class="took">${escapeHtml(took)}</td><td>${path}</td></tr>`
    );
  });
  return `<h2>${escapeHtml(words.timeline)}</h2><table class="timeline"><tbody>${rows.join("")}</tbody></table>`;
}

/** Text of others as text: no markup, no attribute can be made of it. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "#39",
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f]/g, " ").replace(/[&<>"']/g, (one) => `&${names[one]};`);
}
