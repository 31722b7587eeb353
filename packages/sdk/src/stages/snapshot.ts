import { snapshotInstance } from "@sampan/cloud";
import type { Json } from "@sampan/core";
import type { InstanceSnapshot } from "../fluent/results.ts";
import type { SnapshotOptions } from "../plan/instance-options.ts";
import type { StageDefinition } from "../run/stage-definition.ts";
import { cloudHooks } from "./cloud-hooks.ts";
import type { InstanceReference } from "./instance.ts";

/** What `snapshot` takes. */
export interface SnapshotInput {
  readonly instance: InstanceReference;
  readonly options: SnapshotOptions;
}

/** The snapshots, accomplished. */
export interface SnapshotOutput {
  readonly snapshots: readonly InstanceSnapshot[];
  readonly consistency: "stopped" | "crash";
}

/** Takes snapshots of the instance's disks with client tokens of their own, and waits by evidence of progress. */
export const snapshotStage: StageDefinition<SnapshotInput, SnapshotOutput> = {
  name: "snapshot",
  summary: ({ instance, options }) =>
    `taking snapshots of ${instance.name}${options.stop === true ? ", stopped meanwhile" : ""}`,
  waitsFor: ({ instance }) => ({ region: instance.region, sizeBytes: null }),
  async run({ instance, options }, context) {
    const { region, instanceId, name } = instance;
    const cloud = await context.services.cloud();
    const state = context.checkpoint.state as { readonly restart: boolean } | null;
    const told = new Set(context.checkpoint.items.map(String));
    if (options.stop !== true) {
      context.log(
        "warning",
        "the snapshots are taken while the guest may be running: its file systems are as after a power cut",
      );
    }
    const taken = await snapshotInstance(
      cloud,
      {
        region,
        instanceId,
        name,
        stop: options.stop === true,
        disks: options.disks ?? "all",
        tags: { "sampan:run": context.runId },
        clientToken: context.key,
      },
      {
        ...cloudHooks(context, cloud),
        ...(state === null ? {} : { state }),
        ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
        onState: ({ restart }) => context.save({ restart } satisfies Json),
        onSnapshot: async ({ snapshotId, name: called }) => {
          if (told.has(snapshotId)) return;
          await context.record(snapshotId);
          await context.resource({ kind: "snapshot", id: snapshotId, name: called, region, billed: true });
        },
        onProgress: ({ doneBytes, totalBytes }) => context.progress({ doneBytes, totalBytes }),
        onStall: ({ sinceMs, note }) => context.stalled(sinceMs, note),
      },
    );
    return {
      snapshots: taken.snapshots.map(({ snapshotId, diskId, kind, device, sizeBytes }) => ({
        snapshotId,
        region,
        diskId,
        kind,
        device,
        sizeBytes,
      })),
      consistency: taken.consistency,
    };
  },
};
