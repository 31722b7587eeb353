import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { corporaFolder } from "@sampan/guest/testing";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const [recorder, inspector] = ["record-peak-memory.mjs", "inspect-disks.mjs"].map((name) =>
  fileURLToPath(new URL(`../helpers/${name}`, import.meta.url)),
) as [string, string];
const corpora = corporaFolder();

/** Folders of disks and images, sound and damaged. */
const groups = [
  "dfvfs",
  "discutils",
  "ext-damaged",
  "ext-good",
  "ext4-mkfs",
  "fs-good",
  "guests",
  "keramics",
  "kubevirt-cdi",
  "ntfs-damaged",
  "openslx-disk",
  "qemu-sample-images",
  "sleuthkit",
  "virtnbdbackup",
  "xfs",
];

/** Programs that write to their output what a file unpacks to, by the end of its name. */
const unpackers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  ".gz": ["gzip", "-dc"],
  ".zst": ["zstd", "-dcq"],
  ".xz": ["xz", "-dc"],
};

describe.skipIf(corpora === undefined || lacks("tar", "gzip", "zstd", "xz"))(
  "inspecting disks made by others (needs the corpora)",
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await makeFolder();
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** The file itself, or what it unpacks to. */
    async function unpacked(path: string, to: string): Promise<string> {
      if (path.endsWith(".tar.xz")) {
        await mkdir(to);
        await execa("tar", ["-xJf", path, "-C", to]);
        return join(to, (await readdir(to))[0] ?? "");
      }
      const [program, ...args] = Object.entries(unpackers).find(([end]) => path.endsWith(end))?.[1] ?? [];
      if (program === undefined) return path;
      await execa(program, [...args, path], { stdout: { file: to }, buffer: false });
      return to;
    }

    it.each(groups)(
      "ends for each in %s within 10 seconds and 256 MB",
      { timeout: 300_000 },
      async (group) => {
        const home = join(folder, group);
        await mkdir(home);
        const entries = await readdir(join(corpora ?? "", group), { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile() && !/\.(txt|xml|md)$/.test(entry.name));
        const paths = [];
        for (const { parentPath, name } of files) {
          paths.push(await unpacked(join(parentPath, name), join(home, basename(name))));
        }
        const peakFile = join(home, "peak");
        const { stdout } = await execa(process.execPath, ["--import", recorder, inspector, ...paths], {
          env: { PEAK_MEMORY_FILE: peakFile },
        });
        const outcomes = stdout.split("\n").map((line) => JSON.parse(line) as { code?: string; ms: number });
        expect(outcomes).toHaveLength(paths.length);
        // One process for all: where none of them takes more, each of them does not.
        expect(Number(await readFile(peakFile, "utf8"))).toBeLessThan(256e6);
        expect(outcomes.filter(({ ms }) => ms > 10_000)).toEqual([]);
        expect(
          outcomes.filter(({ code }) => code !== undefined && !/^[A-Z]+(_[A-Z0-9]+)+$/.test(code)),
        ).toEqual([]);
        await rm(home, { recursive: true });
      },
    );
  },
);
