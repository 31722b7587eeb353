import { fieldsOf } from "../fields.ts";
import type { PipelineModel } from "./lanes.ts";
import { type PipelineButton, type PipelineWords, pipelineButtons } from "./render.ts";

/** What a drawing remembers over a reload: of which plan and run it is. */
export interface PipelineState {
  readonly uri: string | null;
  readonly chain: number;
  /** The language server's name of the plan, where one text makes several. */
  readonly id?: string;
  readonly runId: string | null;
}

/** What the editor says to the page. */
export type ToPage =
  | {
      readonly type: "draw";
      readonly model: PipelineModel;
      readonly words: PipelineWords;
      readonly state: PipelineState;
    }
  /** The step that the cursor is in; −1 for none. */
  | { readonly type: "select"; readonly step: number };

/** What the page says to the editor. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly step: number }
  | { readonly type: "action"; readonly action: PipelineButton };

/** What a page said; `null` for what is no word of ours. */
export function readFromPage(value: unknown): FromPage | null {
  const { type, step, action } = fieldsOf(value);
  if (type === "ready") return { type };
  if (type === "reveal" && isIndex(step)) return { type, step };
  const button = pipelineButtons.find((known) => known === action);
  return type === "action" && button !== undefined ? { type, action: button } : null;
}

/** What a drawing remembered; `null` where it is nothing that this version can draw. */
export function readPipelineState(value: unknown): PipelineState | null {
  const { uri, chain, id, runId } = fieldsOf(value);
  return isTextOrNull(uri) && isIndex(chain) && isTextOrNull(runId)
    ? { uri, chain, runId, ...(typeof id === "string" ? { id } : {}) }
    : null;
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
