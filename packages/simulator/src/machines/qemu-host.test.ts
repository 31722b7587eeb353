import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { BlobStore } from "../state/blob-store.ts";
import type { Content } from "../state/content.ts";
import { findFirmware } from "./firmware.ts";
import type { Machine, MachineHost, MachineSpec } from "./machine.ts";
import { createQemuHost } from "./qemu-host.ts";

const folder = await mkdtemp(join(tmpdir(), "sampan-machines-"));
const machines = join(folder, "machines");
const blobs = new BlobStore(join(folder, "blobs"), Number.POSITIVE_INFINITY);
const host: MachineHost = await createQemuHost(blobs, machines);
// With CI set a missing program fails the tests instead of skipping them.
const isMissing = host.unavailable !== null && !process.env.CI;

let disk: Content;
beforeAll(async () => {
  disk = await store(bootSector());
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(isMissing)("machines in QEMU", () => {
  test("boot an image's disk and hear what it says on the serial console", async () => {
    const machine = await start();
    await vi.waitFor(async () => expect(await consoleOf(machine)).toContain("SAMPAN BOOTED"), patience);
  });

  test("give a picture of the display", async () => {
    const machine = await start();
    const picture = await machine.screenshot();
    expect(
      Buffer.from(picture ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  test("lead a port of the loopback to each guest port asked for", async () => {
    const machine = await start({ forwardPorts: [22, 3389] });
    expect([...machine.ports.keys()].sort()).toEqual([22, 3389]);
    for (const port of machine.ports.values()) expect(port).toBeGreaterThan(1023);
  });

  test("are gone with their files once they are stopped", async () => {
    const machine = await start();
    await machine.stop(true);
    expect(await machine.ended).toEqual({ failed: null });
    expect(await readdir(machines)).toEqual([]);
  });

  test("read the image and never write to it", async () => {
    const before = await bytesOf(disk);
    const machine = await start({ disks: [{ content: disk, format: "RAW", sizeBytes: 8 * 1024 * 1024 }] });
    await machine.stop(true);
    expect(await bytesOf(disk)).toEqual(before);
  });

  test("are refused for a disk that is no image, naming what was found", async () => {
    await expect(
      start({ disks: [{ content: disk, format: "VHD", sizeBytes: 1024 * 1024 }] }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^IMAGE_/) });
    expect(await readdir(machines)).toEqual([]);
  });

  test("are refused for another architecture than x86_64", async () => {
    await expect(start({ architecture: "arm64" })).rejects.toThrow("arm64");
  });
});

describe.skipIf(isMissing || (!(await findFirmware()) && !process.env.CI))("machines with UEFI", () => {
  test("start the firmware, which looks for something to boot", async () => {
    const machine = await start({ bootMode: "UEFI" });
    await vi.waitFor(async () => expect(await consoleOf(machine)).toContain("BdsDxe"), patience);
  });
});

const patience = { timeout: 18_000, interval: 100 };
let serial = 0;

async function start(changes: Partial<MachineSpec> = {}): Promise<Machine> {
  const machine = await host.start({
    id: `i-${++serial}`,
    bootMode: "BIOS",
    architecture: "x86_64",
    memoryMiB: 256,
    cpus: 1,
    disks: [{ content: disk, format: "RAW", sizeBytes: 1024 * 1024 }],
    forwardPorts: [],
    ...changes,
  });
  onTestFinished(() => machine.stop(true));
  return machine;
}

async function consoleOf(machine: Machine): Promise<string> {
  return Buffer.from(await machine.console()).toString("latin1");
}

async function store(bytes: Uint8Array): Promise<Content> {
  const blob = await blobs.create();
  await blob.write(bytes);
  const content = await blob.finish();
  blobs.retain(content);
  return content;
}

async function bytesOf(content: Content): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (const segment of content.segments) for await (const piece of blobs.stream(segment)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One MiB whose boot sector says "SAMPAN BOOTED" on the first serial port and then stands still. */
function bootSector(): Uint8Array {
  const bytes = Buffer.alloc(1024 * 1024);
  // xor ax,ax; mov ds,ax; mov dx,0x3f8; mov si,text; next: lodsb; test al,al; jz stop; out dx,al; jmp next; stop: hlt; jmp stop
  bytes.set(Buffer.from("31c08ed8baf803be157cac84c07403eeebf8f4ebfd", "hex"));
  bytes.write("SAMPAN BOOTED\r\n\0", 21, "latin1");
  // One partition, so that it begins like a disk.
  bytes.set([0x80, 0, 2, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 7, 0, 0], 446);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}
