import { randomBytes } from "node:crypto";
import { open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorCode, type ErrorRecord, errorCodeEntry } from "@sampan/core";
import { type ImportOptions, Migration, type UploadOptions } from "@sampan/sdk";
import type { SimulatorOptions } from "@sampan/simulator";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { qemuConvert } from "../helpers/qemu-img.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { type SampanResult, sampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const MiB = 1024 ** 2;
const bucket = "bad-input-images";

interface Case {
  readonly code: ErrorCode;
  readonly exitCode: number;
  /** Makes the source at this path; the first guest when absent. */
  readonly source?: (path: string, folder: string) => Promise<void>;
  readonly simulator?: SimulatorOptions;
  /** Sets the cloud up before the run. */
  readonly before?: (rehearsal: Rehearsal) => Promise<unknown>;
  readonly upload?: UploadOptions;
  readonly import?: ImportOptions;
  readonly copyTo?: readonly string[];
}

const guestAs =
  (format: "vpc" | "vmdk" | "raw", options: readonly string[] = []) =>
  async (path: string, folder: string): Promise<void> => {
    const guest = await writeFirstGuest(join(folder, "first-guest.qcow2"));
    await qemuConvert({ path: guest, format: "qcow2" }, { path, format }, options);
  };

const cases: Readonly<Record<string, Case>> = {
  "a file that is no disk": {
    code: "IMAGE_FORMAT_UNKNOWN",
    exitCode: 1,
    source: (path) => writeFile(path, "Dear administrator,\n\nthis is a letter and no disk.\n".repeat(400)),
  },
  "a file that is not there": {
    code: "IMAGE_NOT_FOUND",
    exitCode: 2,
    source: async () => undefined,
  },
  "a VHD with a broken footer": {
    code: "IMAGE_CORRUPT",
    exitCode: 1,
    async source(path, folder) {
      await guestAs("vpc", ["-o", "subformat=dynamic,force_size=on"])(path, folder);
      const { size } = await stat(path);
      const file = await open(path, "r+");
      // Current size, in the footer and in its copy at the start: the checksums no longer fit.
      for (const footer of [0, size - 512]) await file.write(Buffer.from([0x7f]), 0, 1, footer + 48);
      await file.close();
    },
  },
  "a truncated VMDK": {
    code: "IMAGE_TRUNCATED",
    exitCode: 1,
    async source(path, folder) {
      await guestAs("vmdk", ["-o", "subformat=monolithicSparse"])(path, folder);
      const { size } = await stat(path);
      await truncate(path, Math.floor(size / 2));
    },
  },
  "a disk without an operating system": {
    code: "GUEST_NONE",
    exitCode: 1,
    async source(path) {
      await writeFile(path, "");
      await truncate(path, 1024 * MiB);
      await execa("mke2fs", ["-q", "-F", "-t", "ext4", "-E", `offset=${MiB}`, path, "64M"]);
      const table = Buffer.alloc(66);
      table.set([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff], 0);
      table.writeUInt32LE(MiB / 512, 8);
      table.writeUInt32LE((64 * MiB) / 512, 12);
      table.writeUInt16LE(0xaa55, 64);
      const file = await open(path, "r+");
      await file.write(table, 0, table.length, 446);
      await file.close();
    },
  },
  "a disk of noise": {
    code: "GUEST_NONE",
    exitCode: 1,
    async source(path) {
      const noise = randomBytes(4 * MiB);
      noise.writeUInt16LE(0xaa55, 510);
      noise.fill(0, 446, 510);
      await writeFile(path, noise);
      await truncate(path, 1024 * MiB);
    },
  },
  "a bucket in another region": {
    code: "CLOUD_BUCKET_REGION",
    exitCode: 1,
    before: (rehearsal) => rehearsal.store(undefined, "cn-shanghai").putBucket(bucket),
    import: { name: "bad-input", region: "cn-hangzhou", createRole: true },
  },
  "a bucket that does not exist": {
    code: "CLOUD_BUCKET_NOT_FOUND",
    exitCode: 1,
    upload: {},
  },
  "a missing role": {
    code: "CLOUD_ROLE_MISSING",
    exitCode: 1,
    import: { name: "bad-input" },
  },
  "a full store": {
    code: "CLOUD_STORE_FULL",
    exitCode: 1,
    simulator: { storeQuotaBytes: 300 * 1024 },
    upload: { createBucket: true, partBytes: 102_400 },
  },
  "an unknown region": {
    code: "CLOUD_REGION_UNKNOWN",
    exitCode: 2,
    copyTo: ["cn-atlantis"],
  },
  "a name that is taken": {
    code: "CLOUD_OBJECT_EXISTS",
    exitCode: 1,
    async before(rehearsal) {
      await rehearsal.store().putBucket(bucket);
      await rehearsal.store(bucket).put("bad-input.vhd", Buffer.from("somebody else's"));
    },
  },
};

function lastError(run: SampanResult): ErrorRecord {
  const last = run.lines().at(-1);
  if (last?.type === "error") return last;
  if (last?.type === "run.failed") return last.error;
  throw new Error(`the last line is no error: ${JSON.stringify(last)}\n${run.stderr}`);
}

describe.skipIf(lacks("qemu-img", "mke2fs"))("bad input", () => {
  it.each(Object.entries(cases))(
    "%s gets a typed error and leaves no half-made image",
    async (_name, row) => {
      const folder = await temporaryFolder();
      const rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator"), ...row.simulator });
      try {
        const source = join(folder, "source.disk");
        if (row.source === undefined) await guestAs("raw")(source, folder);
        else await row.source(source, folder);
        await row.before?.(rehearsal);
        const uploaded = Migration.from(source)
          .assess()
          .prepare()
          .capture()
          .toVhd()
          .upload(bucket, { key: "bad-input.vhd", ...(row.upload ?? { createBucket: true }) });
        const imported = uploaded.import(row.import ?? { name: "bad-input", createRole: true });
        const plan = await writePlan(folder, row.copyTo ? imported.copyTo(...row.copyTo) : imported);

        const run = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });

        const error = lastError(run);
        expect(error.code, error.message).toBe(row.code);
        expect(run.exitCode).toBe(row.exitCode);
        expect(errorCodeEntry(row.code)?.exitCode ?? 1).toBe(row.exitCode);
        expect(error.message).not.toContain("\n");
        expect(error.hint).toMatch(/\w+ \w+/);
        expect(run.stdout).not.toContain(rehearsal.simulator.credentials.accessKeySecret);
        expect(await rehearsal.images("cn-hangzhou")).toEqual([]);
        expect(await rehearsal.images("cn-shanghai")).toEqual([]);

        const plain = await sampan(["run", plan], { cwd: folder, env: rehearsal.env });
        expect(plain.exitCode).toBe(row.exitCode);
        expect(plain.stdout).toBe("");
        expect(plain.stderr).toContain(row.code);
        expect(plain.stderr).not.toContain("\u001b[");
      } finally {
        await rehearsal.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  it("a full store keeps what landed, and the run goes on when there is room", async () => {
    const folder = await temporaryFolder();
    const source = join(folder, "source.disk");
    await guestAs("raw")(source, folder);
    const plan = await writePlan(
      folder,
      Migration.from(source)
        .assess()
        .capture()
        .toVhd()
        .upload(bucket, { createBucket: true, key: "room.vhd", partBytes: 102_400 })
        .import({ name: "room", createRole: true }),
    );
    const rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
    try {
      const full = rehearsal.simulator.faults.add({
        match: { operation: "UploadPart" },
        nth: 4,
        times: null,
        effect: { kind: "storeFull" },
      });
      const failed = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
      expect(lastError(failed).code).toBe("CLOUD_STORE_FULL");
      expect(full).toBeDefined();
      rehearsal.simulator.faults.clear();
      const resumed = await sampan(["resume", "--json"], { cwd: folder, env: rehearsal.env });
      expect(resumed.exitCode, resumed.stderr + resumed.stdout.slice(-2000)).toBe(0);
      expect(await rehearsal.images("cn-hangzhou")).toMatchObject([
        { imageName: "room", status: "Available" },
      ]);
    } finally {
      await rehearsal.stop();
    }
  });
});
