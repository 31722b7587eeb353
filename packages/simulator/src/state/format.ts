import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";

/** Version of the layout of a data folder. A folder of another version is refused rather than misread. */
const formatVersion = 1;

/** Marks a new folder with the version of its layout; `SIMULATOR_STATE` when it has another one. */
export async function checkFormat(folder: string): Promise<void> {
  const path = join(folder, "simulator.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await writeFile(path, `${JSON.stringify({ formatVersion })}\n`);
    return;
  }
  if (versionIn(text) !== formatVersion) {
    throw new SampanError(
      "SIMULATOR_STATE",
      `opening the simulator folder ${folder}, which is of another version`,
      {
        details: { folder, formatVersion },
      },
    );
  }
}

function versionIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { formatVersion?: unknown } | null)?.formatVersion;
  } catch {
    return undefined;
  }
}
