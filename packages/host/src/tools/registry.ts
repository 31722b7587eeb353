import { alip2v } from "./alip2v.ts";
import { dd } from "./dd.ts";
import { disk2vhd } from "./disk2vhd.ts";
import { qemuImg } from "./qemu-img.ts";
import { starwindV2v } from "./starwind-v2v.ts";
import type { Tool, ToolName } from "./tool.ts";
import type { ToolPlace } from "./tool-place.ts";
import { vmwareVdiskmanager } from "./vmware-vdiskmanager.ts";
import { xenconvert } from "./xenconvert.ts";

/** Every tool there is an adapter for, those that capture first. */
export const tools: readonly Tool[] = [
  dd,
  disk2vhd,
  alip2v,
  qemuImg,
  vmwareVdiskmanager,
  starwindV2v,
  xenconvert,
];

/** A tool as it is found on a machine. Plain JSON. */
export interface ToolListing {
  readonly name: ToolName;
  readonly title: string;
  readonly systems: readonly ("linux" | "windows")[];
  /** Where its program is; `null` when it is not there. */
  readonly path: string | null;
  /** What it says its version is; `null` when it says none. */
  readonly version: string | null;
  readonly usedFor: string;
  readonly instead: string;
  readonly page: string;
}

/** Looks which tools a machine has. None is installed or downloaded; only those found are started, to say their version. */
export async function listTools(place: ToolPlace, signal?: AbortSignal): Promise<readonly ToolListing[]> {
  return Promise.all(
    tools.map(async (tool) => {
      const { name, title, systems, usedFor, instead, page } = tool;
      const path = await tool.find(place, signal);
      // One that is there and does not start is there all the same.
      const version = path && (await tool.version(place, path, signal).catch(() => undefined));
      return { name, title, systems, path: path ?? null, version: version ?? null, usedFor, instead, page };
    }),
  );
}
