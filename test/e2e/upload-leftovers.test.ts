import { join } from "node:path";
import { connectAlibabaCloud, listLeftovers } from "@sampan/cloud";
import { type RunEvent, Secret } from "@sampan/core";
import { Migration, type UploadedImages } from "@sampan/sdk";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { startRehearsal } from "../helpers/rehearsal.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/*
 * What is left at the store when a run is cancelled in the middle of its upload. Takes seconds, since the upload must be slow
 * enough to be cancelled.
 */

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("SAMPAN_HOME", join(folder, ".sampan"));
  return () => vi.unstubAllEnvs();
});

/** Cancels a run once its first part has landed, and waits for its end. */
async function cancelled(plan: UploadedImages): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const run = plan.run();
  await new Promise<void>((resolve) => {
    run.events.subscribe({
      next(event) {
        events.push(event);
        if (event.type === "checkpoint" && event.item !== undefined) run.cancel();
      },
      complete: resolve,
    });
  });
  expect(events.at(-1)?.type).toBe("run.cancelled");
  return events;
}

describe("a run that is cancelled in the middle of its upload", () => {
  it.each([
    { abortOnCancel: false, left: 1 },
    { abortOnCancel: true, left: 0 },
  ])("leaves $left upload at the store with %o, and says so", async ({ abortOnCancel, left }) => {
    const rehearsal = await startRehearsal();
    vi.stubEnv("SAMPAN_SIMULATOR", rehearsal.simulator.endpoint);
    const disk = await writeFirstGuest(join(folder, "guest.qcow2"));
    const plan = Migration.from(disk)
      .assess()
      .capture()
      .toVhd()
      .upload("leftovers", {
        createBucket: true,
        bytesPerSecond: 4 * 1024 * 1024,
        partBytes: 1024 * 1024,
        abortOnCancel,
      });
    const events = await cancelled(plan);
    const warnings = events.flatMap((event) =>
      event.type === "log" && event.level === "warning" ? [event.message] : [],
    );
    const told = warnings.filter((message) => message.includes("stay at the store as upload"));
    expect(told).toHaveLength(left);
    const { endpoint, credentials } = rehearsal.simulator;
    const { accessKeyId, accessKeySecret } = credentials;
    const store = connectAlibabaCloud({
      endpoints: { simulator: endpoint },
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
    }).objects("cn-hangzhou");
    const { uploads, objects } = await listLeftovers(store, { bucket: "leftovers" });
    expect(uploads).toHaveLength(left);
    expect(objects).toEqual([]);
    for (const upload of uploads) {
      expect(upload.bytes).toBeGreaterThan(0);
      expect(told[0]).toContain(upload.uploadId);
    }
    await store.close();
    await rehearsal.stop();
  });
});
