import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Candidate } from "../../completion/complete-words.ts";
import { type HomeQuestion, homesAround } from "../../run/home-folders.ts";
import type { KnownName } from "./world.ts";

/** Of runs older than these many nothing is read. */
const mostRuns = 30;
/** What a run found on its host stands at the beginning of its journal. */
const mostBytes = 256 * 1024;
const mostDisks = 2_000;
const GiB = 1024 ** 3;

/** Disks that earlier runs found on their hosts, the newest run first. A journal that is no journal names none. */
export async function disksOfRuns(
  question: HomeQuestion,
  runs: readonly Candidate[],
): Promise<readonly KnownName[]> {
  const disks = new Map<string, KnownName>();
  const homes = homesAround(question);
  for (const { value: runId } of runs.slice(0, mostRuns)) {
    for (const home of homes) {
      for (const disk of await disksOf(join(home, "runs", runId, "journal.ndjson"))) {
        const key = `${disk.source}\n${disk.value}`;
        if (!disks.has(key) && disks.size < mostDisks) disks.set(key, disk);
      }
    }
  }
  return [...disks.values()];
}

async function disksOf(path: string): Promise<readonly KnownName[]> {
  try {
    const text = await beginningOf(path);
    for (const line of text.split("\n").slice(0, -1)) {
      // The output of the first stage; other lines are not worth parsing.
      if (!line.includes('"stage.finished"') || !line.includes('"disks"')) continue;
      const { output } = JSON.parse(line) as { readonly output?: { title?: unknown; disks?: unknown } };
      const { title, disks } = output ?? {};
      if (typeof title !== "string" || !Array.isArray(disks)) continue;
      return disks.flatMap((disk: unknown): KnownName[] => {
        const { name, sizeBytes, system } = (disk ?? {}) as Readonly<Record<string, unknown>>;
        if (typeof name !== "string" || name === "" || name.length > 1_000) return [];
        const size = typeof sizeBytes === "number" ? `${Math.round((sizeBytes / GiB) * 10) / 10} GiB` : "";
        return [{ value: name, source: title, summary: system === true ? `${size}, the system disk` : size }];
      });
    }
  } catch {
    // A run that is being deleted, or was never one.
  }
  return [];
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(mostBytes);
    const { bytesRead } = await file.read(bytes, 0, mostBytes, 0);
    return bytes.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
