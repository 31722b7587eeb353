import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder that is removed when the test that asked for it ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty folder for a whole file of tests, which must remove it in its `afterAll`. */
export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "sampan-test-"));
}
