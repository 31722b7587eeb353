import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostileCases, writeHostileCase } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const recorder = fileURLToPath(new URL("../helpers/record-peak-memory.mjs", import.meta.url));

describe("sampan inspect of an image that lies", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(hostileCases.map((hostile, index) => [hostile.name, index] as const))(
    "ends in bounded memory with a value or an error that is known: %s",
    async (_, index) => {
      const hostile = hostileCases[index];
      if (hostile === undefined) throw new Error("no such case");
      const home = join(folder, String(index));
      await mkdir(home);
      const path = await writeHostileCase(hostile, home);
      const peakFile = join(folder, `${index}.peak`);
      const done = await sampan(["inspect", path, "--missing-parent", "refuse", "--json"], {
        cwd: home,
        env: { NODE_OPTIONS: `--import=${recorder}`, PEAK_MEMORY_FILE: peakFile },
        timeoutMs: 60_000,
      });
      await rm(home, { recursive: true });
      const answer = done.json<{ readonly type?: string; readonly code?: string }>();
      expect([0, 1, 2]).toContain(done.exitCode);
      if (done.exitCode !== 0)
        expect(answer).toMatchObject({ type: "error", code: expect.stringMatching(/^IMAGE_/) });
      expect(Number(await readFile(peakFile, "utf8"))).toBeLessThan(256 * 1024 ** 2);
    },
  );
});
