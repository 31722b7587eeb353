import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stage } from "@sampan/sdk";

/** Writes a plan made with the fluent API as `plan.json`, as `sampan plan --out` does, and gives its path. */
export async function writePlan(folder: string, stage: Stage<unknown>, name = "plan.json"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${JSON.stringify(stage.plan(), null, 2)}\n`);
  return path;
}
