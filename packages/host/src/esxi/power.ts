import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { vimCmd } from "./vim-cmd.ts";

/** Whether a machine runs, in VMware's own words. */
export type EsxiPower = "on" | "off" | "suspended";

/** Whether a machine runs. */
export async function powerOf(shell: Shell, id: number, signal?: AbortSignal): Promise<EsxiPower> {
  const said = await vimCmd(shell, ["vmsvc/power.getstate", String(id)], signal ? { signal } : {});
  const state = /^(Powered on|Powered off|Suspended)$/m.exec(said)?.[1];
  if (state === undefined) {
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `asking ${shell.title} whether machine ${id} runs: it answers ${JSON.stringify(said.slice(0, 100))}`,
    );
  }
  return state === "Powered on" ? "on" : state === "Powered off" ? "off" : "suspended";
}
