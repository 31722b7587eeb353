import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { catchInterrupts } from "../run/interrupts.ts";

/** Editors write a file in several steps. */
const settleMs = 100;

/**
 * Calls `onChange` with the files that changed, once they have come to rest, until Ctrl+C. Folders are watched, not files: an editor
 * that replaces a file would be lost sight of. One call at a time.
 */
export async function watchPlans(
  paths: readonly string[],
  onChange: (changed: readonly string[]) => Promise<void>,
): Promise<void> {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const watchers: FSWatcher[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const release = catchInterrupts(() => {
        release();
        resolve();
      });
      const settle = (): void => {
        const now = [...changed];
        changed.clear();
        working = working.then(() => onChange(now));
        working.catch(reject);
      };
      for (const folder of new Set(paths.map(dirname))) {
        const here = paths.filter((path) => dirname(path) === folder);
        const watcher = watch(folder, (_event, name) => {
          const hit = here.filter((path) => name === null || basename(path) === name);
          if (hit.length === 0) return;
          for (const path of hit) changed.add(path);
          clearTimeout(timer);
          timer = setTimeout(settle, settleMs);
        });
        watcher.on("error", reject);
        watchers.push(watcher);
      }
    });
    await working;
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  }
}
