import { copyFileSync } from "node:fs";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "@sampan/core";
import { type CaptureOptions, type EncodingResult, Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { qemuConvert } from "../helpers/qemu-img.ts";
import { lacks } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { startWinrmServer, type WinrmServer } from "../helpers/winrm-server/winrm-server.ts";

const MiB = 1024 ** 2;
const share = "\\\\convert-01\\VHD_DIR";
const tool = "C:\\Tools\\disk2vhd64.exe";

/** What a small Windows says of its disks. */
const disksOf = (count: number): JsonObject => ({
  name: "WEB-01",
  systemDrive: "C:",
  systemRoot: "C:\\Windows",
  administrator: true,
  firmware: null,
  disks: Array.from({ length: count }, (_, index) => ({
    ...{ index, id: `\\\\.\\PHYSICALDRIVE${index}`, model: "disk", serial: `S${index}` },
    ...{ size: 8 * MiB, sector: 512, signature: index + 1 },
  })),
  partitions: [
    {
      disk: 0,
      index: 0,
      offset: MiB,
      size: 6 * MiB,
      type: "Installable File System",
      active: true,
      letters: ["C:"],
    },
  ],
  volumes: [
    {
      id: "\\\\?\\Volume{1}\\",
      letter: "C:",
      kind: "NTFS",
      label: null,
      capacity: 6 * MiB,
      free: MiB,
      dirty: false,
    },
  ],
  encrypted: [],
  storage: null,
});

/*
 * A Windows of the test's own, over the wire of WinRM, has a Disk2VHD of the test's own that copies a VHDX of QEMU's into the share. The
 * real tool has never been run here: what is tested is the contract.
 */
describe.skipIf(lacks("qemu-img"))("a Windows that runs, captured by Disk2VHD into a share", () => {
  let folder: string;
  let here: string;
  let server: WinrmServer;
  let ran: string[][];
  let disks: JsonObject;
  beforeEach(async () => {
    folder = await makeFolder();
    here = await makeFolder();
    disks = disksOf(1);
    ran = [];
    await writeFile(join(folder, "password"), "Password\n", { mode: 0o600 });
    await writeFile(join(folder, "disk.raw"), Buffer.alloc(8 * MiB, "a disk"));
    await qemuConvert(
      { path: join(folder, "disk.raw"), format: "raw" },
      { path: join(folder, "disk.vhdx"), format: "vhdx" },
    );
    const local = (path: unknown) => join(here, String(path).replace(`${share}\\`, ""));
    server = await startWinrmServer({
      windows: {
        scripts: [
          { has: "Win32_DiskDrive", answer: () => disks },
          {
            has: "$p.registry",
            answer: (asked) => ({ keys: nothing(asked.registry), files: nothing(asked.files) }),
          },
          { has: "Get-Command", answer: ({ program }) => (program === "disk2vhd64.exe" ? tool : null) },
          {
            has: "FileInfo",
            answer: ({ path }) =>
              stat(local(path)).then(
                ({ size }) => size,
                () => null,
              ),
          },
          { has: "Delete(", answer: ({ path }) => rm(local(path), { force: true }).then(() => null) },
        ],
        programs: {
          [tool]: (args) => {
            ran.push([...args]);
            copyFileSync(join(folder, "disk.vhdx"), local(args.at(-1)));
            return { exitCode: 0 };
          },
        },
      },
    });
  });
  afterEach(async () => {
    await server?.close();
    for (const one of [folder, here]) await rm(one, { recursive: true, force: true });
  });

  const run = (options: CaptureOptions = {}) =>
    Migration.from({
      kind: "winrm",
      ...{ host: "127.0.0.1", port: server.port, user: "Administrator" },
      passwordFrom: { file: join(folder, "password") },
    })
      .assess({ accept: { "GUESTOS.Registry": "a Windows of a test" } })
      .capture({ tool: "disk2vhd", share: { onHost: share, here }, acceptLicence: true, ...options })
      .toVhd()
      .run({ home: join(folder, "home") });

  it("becomes what the file of the share holds", async () => {
    const result = (await run()) as EncodingResult;
    const [file = ""] = await readdir(here);
    expect(file).toMatch(/^web-01-\S+-0\.vhdx$/);
    expect(ran).toEqual([["-accepteula", "*", `${share}\\${file}`]]);
    expect(result).toMatchObject({
      disks: [{ name: "\\\\.\\PHYSICALDRIVE0", sizeBytes: 8 * MiB, file: join(here, file) }],
      encoded: [{ format: "vhd", virtualSizeBytes: 8 * MiB }],
    });
  });

  it("takes the volumes and the program that are named", async () => {
    disks = disksOf(2);
    await expect(run()).rejects.toMatchObject({
      code: "HOST_TOOL_UNSUITABLE",
      hint: expect.stringContaining("volumes"),
    });
    await run({ volumes: ["C:"], program: tool });
    expect(ran[0]?.slice(0, 2)).toEqual(["-accepteula", "C:"]);
  });

  it("runs nothing for who does not accept its licence, and nothing into another folder", async () => {
    await expect(run({ acceptLicence: false })).rejects.toMatchObject({ code: "HOST_TOOL_LICENCE" });
    const elsewhere = { onHost: "\\\\convert-01\\other", here };
    await expect(run({ share: elsewhere })).rejects.toMatchObject({ code: "HOST_SHARE_INVALID" });
    expect(ran).toEqual([]);
    expect(await readdir(here)).toEqual([]);
  });
});

const nothing = (asked: unknown) => (asked as unknown[]).map(() => null);
