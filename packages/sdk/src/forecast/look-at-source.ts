import { asSampanError, throwIfCancelled } from "@sampan/core";
import type { Host, HostDisk } from "@sampan/host";
import { mapDigest } from "@sampan/image";
import { encodingTarget } from "../pipeline/read-disks.ts";
import { type Plan, stepOf } from "../plan/plan.ts";
import { exportTool } from "../plan/refuse-tool.ts";
import { mayRun, type SourceSpec } from "../plan/sources.ts";
import { chosenDisks } from "../stages/choose-disks.ts";
import { encodeMapped } from "../stages/encode.ts";
import { mapUsed } from "../stages/open-disk.ts";
import type { SeenDisk, SeenSource } from "./world.ts";

/**
 * Opens a source, lists its disks and measures what of those that are captured will be read and sent. Reads the tables of
 * partitions, volumes and file systems, and no data.
 *
 * What keeps it from being seen is told as such: never throws but on cancel.
 */
export async function lookAtSource(
  plan: Plan,
  openHost: (source: SourceSpec) => Promise<Host>,
  signal: AbortSignal,
): Promise<SeenSource> {
  try {
    const host = await openHost(plan.source);
    try {
      const disks = await host.disks(signal);
      const capture = stepOf(plan, "capture");
      const taken = capture === undefined ? [] : chosenDisks(plan.source, disks, capture.options);
      const seen: SeenDisk[] = [];
      for (const disk of disks) {
        const isMeasured = taken.includes(disk) && exportTool(capture?.options ?? {}) === undefined;
        seen.push(isMeasured ? await measure(host, disk, plan, signal) : unmeasured(disk));
      }
      return { state: "seen", name: host.name, disks: seen };
    } finally {
      await host.close();
    }
  } catch (thrown) {
    throwIfCancelled(signal);
    const { code, message } = asSampanError(thrown);
    return { state: "unseen", code, reason: message };
  }
}

function unmeasured({ name, sizeBytes, system, identity }: HostDisk): SeenDisk {
  return {
    ...{ name, sizeBytes, system, identity: { ...identity } },
    ...{ dataBytes: null, encodedBytes: null, map: null },
  };
}

async function measure(host: Host, disk: HostDisk, plan: Plan, signal: AbortSignal): Promise<SeenDisk> {
  const freeSpace = stepOf(plan, "capture")?.options.freeSpace ?? "skip";
  const target = encodingTarget(plan);
  const source = await host.openDisk(disk.name, signal);
  try {
    const { map, source: trimmed } = await mapUsed(source, freeSpace, signal);
    const layout = { map, order: undefined };
    const encoded = target === undefined ? undefined : await encodeMapped(trimmed, target, layout, signal);
    return {
      ...unmeasured(disk),
      dataBytes: encoded?.dataBytes ?? map.dataBytes,
      encodedBytes: encoded?.sizeBytes ?? null,
      map: mayRun(plan.source) ? null : mapDigest(map),
    };
  } finally {
    await source.close();
  }
}
