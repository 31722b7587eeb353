import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asSampanError, defaultRegion } from "@sampan/core";
import { chooseCloud, connectCloud } from "@sampan/sdk";
import { formatDuration } from "../terminal/numbers.ts";
import { type Finding, failed, good } from "./check.ts";

/**
 * Makes a bucket in a simulator and asks for it again, with the clients a real run uses: proves that loopback works, that
 * everything is installed, and that signatures are right. The state is removed afterwards.
 */
export async function checkSimulator(env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const name = "simulator";
  const folder = await mkdtemp(join(tmpdir(), "sampan-doctor-"));
  const startedMs = Date.now();
  try {
    const choice = chooseCloud({ flag: "simulator", env });
    const cloud = await connectCloud(choice, folder);
    try {
      const regions = await cloud.images.listRegions();
      const store = cloud.objects(defaultRegion);
      try {
        if (choice.kind === "simulator" && choice.endpoint === undefined) {
          await store.createBucket("sampan-doctor");
          await store.describeBucket("sampan-doctor");
        }
      } finally {
        await store.close();
      }
      const which = cloud.identity.endpoint ?? "loopback";
      const took = formatDuration(Date.now() - startedMs);
      return good(name, `answers at ${which}: ${regions.length} regions, in ${took}`);
    } finally {
      await cloud.close();
    }
  } catch (thrown) {
    const error = asSampanError(thrown);
    const fix = env.SAMPAN_SIMULATOR
      ? "Start the simulator that SAMPAN_SIMULATOR names, or unset it."
      : error.hint || "Look whether a firewall blocks connections to 127.0.0.1.";
    return failed(name, `${error.code}: ${error.message}`, fix);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
