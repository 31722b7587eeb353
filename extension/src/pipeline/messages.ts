import type { PipelineModel } from "./lanes.ts";
import type { PipelineButton, PipelineWords } from "./render.ts";

/** What a drawing remembers over a reload: of which plan and run it is. */
export interface PipelineState {
  readonly uri: string | null;
  readonly chain: number;
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
