import type { WindowsFacts } from "../../facts.ts";
import type { OpenedGuest } from "../../open-guest.ts";
import { readBootMode } from "../boot-mode.ts";
import { type FactSources, Gathering } from "../gathering.ts";
import { findBootConfiguration } from "./boot.ts";
import { gatherWindowsFacts } from "./gather.ts";
import { findBootManager } from "./image-items.ts";
import { HiveRegistry } from "./registry.ts";

/** Gathers every fact of a Windows guest from its registry and files. */
export async function readWindowsFacts(
  opened: OpenedGuest,
  windowsFolder: string,
  { source, layout, notes, signal }: FactSources,
): Promise<WindowsFacts> {
  const { files, root } = opened;
  const registry = await HiveRegistry.open(files, windowsFolder, notes);
  const boot = await findBootConfiguration(opened, layout);
  return gatherWindowsFacts({
    registry,
    files,
    windowsFolder,
    gather: new Gathering(notes, signal),
    layout,
    systemVolume: root.index,
    bootMode: (await readBootMode(source, layout, signal)) ?? boot?.mode ?? null,
    bootConfiguration: boot?.path ?? null,
    bootManager: await findBootManager(opened),
  });
}
