import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isSampanError } from "@sampan/core";
import { hasTools } from "@sampan/guest/testing";
import {
  firstDifference,
  makeCowd,
  makeDescriptor,
  makeSeSparse,
  memorySource,
  patternSource,
  readAll,
} from "@sampan/image/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Host } from "../host.ts";
import { openEsxiHost } from "./esxi-host.ts";
import { findEsxiLeftovers } from "./leftovers.ts";
import { listEsxiMachines } from "./list-machines.ts";
import { type FakeEsxi, fakeEsxi } from "./testing/fake-esxi.ts";

// Each command is a process of its own, on machines that may have others to run.
vi.setConfig({ testTimeout: 90_000 });

const MiB = 1024 * 1024;
const sectors = (2 * MiB) / 512;
const disk = await readAll(patternSource(2 * MiB));
/** The disk with its second half written anew: what a delta makes of it. */
const later = Uint8Array.from(disk, (byte, index) => (index < MiB ? byte : byte ^ 0x5a));

const vmxOf = (name: string, lines: readonly string[]) =>
  [
    '.encoding = "UTF-8"',
    `displayName = "${name}"`,
    'uuid.bios = "56 4d 11 22 33 44 55 66-77 88 99 aa bb cc dd ee"',
    'ide1:0.present = "TRUE"',
    'ide1:0.fileName = "/vmfs/volumes/iso/debian.iso"',
    'ide1:0.deviceType = "cdrom-image"',
    'scsi0:1.present = "FALSE"',
    'scsi0:1.fileName = "gone.vmdk"',
    ...lines,
    "",
  ].join("\n");

const flat = (name: string, more: Record<string, string> = {}) =>
  `${makeDescriptor("vmfs", [`RW ${sectors} VMFS "${name}"`], more)}ddb.uuid = "60 00 C2 94 7b 3f 53 be-cb 4b ee 5e 3d 92 72 2e"\n`;

let esxi: FakeEsxi;
const hosts: Host[] = [];

function addMachine(
  name: string,
  files: Record<string, string | Uint8Array>,
  power: "on" | "off" | "suspended",
) {
  const folder = join(esxi.datastore, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  esxi.change(({ machines }) => {
    const vmx = `[datastore 1] ${name}/${Object.keys(files).find((file) => file.endsWith(".vmx"))}`;
    machines.push({ id: machines.length + 1, name, vmx, power, snapshots: [] });
  });
  return folder;
}

async function open(vm: string): Promise<Host> {
  const host = await openEsxiHost(
    { shell: esxi.shell, vm },
    { volumesFolder: esxi.volumes, notesFolder: esxi.notes },
  );
  hosts.push(host);
  return host;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const bytesOf = async (host: Host, name: string) => {
  const source = await host.openDisk(name);
  const bytes = await readAll(source);
  await source.close();
  return bytes;
};
const simple = (name: string, lines: readonly string[] = []) => ({
  [`${name}.vmx`]: vmxOf(name, ['scsi0:0.fileName = "d.vmdk"', ...lines]),
  "d.vmdk": flat("d-flat.vmdk"),
  "d-flat.vmdk": disk,
});

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
  esxi.close();
});

describe.each([
  ["this machine's programs", false],
  ["busybox", true],
] as const)("a virtual machine of an ESXi, read by %s,", (_which, busybox) => {
  const skip = busybox && !hasTools("busybox");
  beforeEach(() => {
    esxi = fakeEsxi({ busybox });
  });

  it.skipIf(skip)("that is switched off is a host with its disks", async () => {
    addMachine("web 01", simple("web 01"), "off");
    const host = await open("web 01");
    expect([host.title, host.name, host.live]).toEqual(["web 01 on this machine", "web-01", undefined]);
    const [found, ...others] = await host.disks();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      name: "scsi0:0",
      sizeBytes: 2 * MiB,
      system: true,
      identity: { node: "scsi0:0", files: [{ file: "d.vmdk" }, { file: "d-flat.vmdk", sizeBytes: 2 * MiB }] },
    });
    expect(firstDifference(await bytesOf(host, "scsi0:0"), disk)).toBe(-1);
    utimesSync(join(esxi.datastore, "web 01/d-flat.vmdk"), 1, 1);
    expect((await host.disks())[0]?.identity).not.toEqual(found?.identity);
  });

  it.skipIf(skip)(
    "is read through its chain of snapshots, in both of VMware's formats, also beside another machine",
    async () => {
      const half = { leaveOut: (offset: number) => offset < MiB };
      const base = addMachine("base", simple("base"), "off");
      const parent = { CID: "22222222", parentCID: "12345678", parentFileNameHint: `"${base}/d.vmdk"` };
      addMachine(
        "clone",
        {
          "clone.vmx": vmxOf("clone", ['nvme0:0.fileName = "c-000002.vmdk"']),
          "c-000001.vmdk": makeDescriptor(
            "vmfsSparse",
            [`RW ${sectors} VMFSSPARSE "c-000001-delta.vmdk"`],
            parent,
          ),
          "c-000001-delta.vmdk": await makeCowd(memorySource(later), 1, half),
          "c-000002.vmdk": makeDescriptor("seSparse", [`RW ${sectors} SESPARSE "c-000002-sesparse.vmdk"`], {
            CID: "33333333",
            parentCID: "22222222",
            parentFileNameHint: '"c-000001.vmdk"',
          }),
          "c-000002-sesparse.vmdk": await makeSeSparse(memorySource(later), { leaveOut: () => true }),
        },
        "off",
      );
      const host = await open("clone");
      expect(firstDifference(await bytesOf(host, "nvme0:0"), later)).toBe(-1);
    },
  );

  it.skipIf(skip)("that runs is read as it was at a snapshot, which is gone afterwards", async () => {
    const folder = addMachine(
      "db",
      simple("db", ['scsi0:2.fileName = "e.vmdk"', 'scsi0:2.mode = "independent-persistent"']),
      "on",
    );
    writeFileSync(join(folder, "e.vmdk"), flat("d-flat.vmdk"));
    const host = await open("db");
    expect(await failure(host.openDisk("scsi0:0"))).toMatchObject({ code: "HOST_DISK_LOCKED" });
    const live = host.live as NonNullable<Host["live"]>;
    const hold = (name: string, id: string) =>
      live.hold(name, { id, consistency: "snapshot", leaseMs: 60_000 });
    expect(await failure(hold("scsi0:2", "run-7-1"))).toMatchObject({ code: "HOST_SNAPSHOT_IMPOSSIBLE" });
    expect(esxi.state().machines[0]?.snapshots).toEqual([]);
    const moment = await hold("scsi0:0", "run-7-0");
    expect(moment.made.join()).toContain("snapshot sampan-run-7 of the machine db");
    expect(moment.notes).toEqual([]);
    // Again on another attempt, and for another disk of the run: the same snapshot.
    expect((await hold("scsi0:0", "run-7-0")).state).toEqual(moment.state);
    await hold("scsi0:0", "run-7-1");
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(1);
    const source = await live.openMoment(JSON.parse(JSON.stringify(moment)));
    expect(firstDifference(await readAll(source), disk)).toBe(-1);
    await source.close();
    expect(await findEsxiLeftovers(esxi.shell, { volumesFolder: esxi.volumes })).toMatchObject([
      { machine: "db", snapshot: "sampan-run-7" },
    ]);
    await live.release(moment);
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(1);
    await live.release({ ...moment, id: "run-7-1" });
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(0);
    await live.release(moment);
    expect(readdirSync(esxi.notes)).toEqual([]);
    expect(await failure(live.openMoment(moment))).toMatchObject({ code: "HOST_MOMENT_LOST" });
  });

  it.skipIf(skip)("is let go by its ESXi when nobody reads it any more, and reads then end", async () => {
    addMachine("db", simple("db"), "on");
    const { live } = await open("db");
    const moment = await live?.hold("scsi0:0", { id: "gone-0", consistency: "snapshot", leaseMs: 3_000 });
    const source = await live?.openMoment(moment as NonNullable<typeof moment>);
    // While it is open it is kept, for longer than its lease.
    await wait(4_500);
    await source?.read({ offset: 0, length: 512 }, new Uint8Array(512));
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(1);
    await source?.close();
    for (let tries = 0; tries < 100 && (esxi.state().machines[0]?.snapshots.length ?? 0) > 0; tries++)
      await wait(100);
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(0);
    expect(
      await failure(source?.read({ offset: 0, length: 512 }, new Uint8Array(512)) as Promise<void>),
    ).toSatisfy((error) => isSampanError(error, "HOST_MOMENT_LOST"));
  });
});

describe("a virtual machine of an ESXi", () => {
  beforeEach(() => {
    esxi = fakeEsxi({ busybox: false });
  });

  it("is refused when it is suspended, says what to do, and is opened once it is switched off", async () => {
    addMachine("s", simple("s"), "suspended");
    const host = await open("s");
    expect(await failure(host.openDisk("scsi0:0"))).toMatchObject({ code: "HOST_DISK_LOCKED" });
    expect(host.live).toBeUndefined();
    esxi.change(({ machines }) => {
      for (const machine of machines) machine.power = "off";
    });
    expect((await bytesOf(host, "scsi0:0")).length).toBe(2 * MiB);
  });

  it("is found by name, number and file, and by nothing that only looks like it", async () => {
    addMachine("web [x]", simple("web [x]"), "off");
    writeFileSync(join(esxi.datastore, "web [x]/web [x].vmx"), vmxOf("web/01 [x]", []));
    addMachine("7", simple("7"), "off");
    esxi.change(({ machines }) => {
      const [first] = machines as { name: string; note: string; vmx: string }[];
      if (first) {
        first.name = "web%2f01 [x]";
        // A note with lines of its own that look like machines.
        first.note =
          "old\n2      7    [datastore 1] other/other.vmx      debian12-64Guest   vmx-19\n9      shop   [datastore 1] ../../etc/x.vmx   debian12-64Guest   vmx-19";
      }
    });
    expect((await open("web/01 [x]")).title).toBe("web/01 [x] on this machine");
    expect((await open("1")).title).toBe("web/01 [x] on this machine");
    expect((await open("[datastore 1] 7/7.vmx").catch((error) => error)).code).toBe("HOST_MACHINE_UNKNOWN");
    expect((await open("7").catch((error) => error)).code).toBe("HOST_MACHINE_UNKNOWN");
    expect((await open("shop").catch((error) => error)).code).toBe("HOST_ANSWER_INVALID");
    const listed = await listEsxiMachines(esxi.shell);
    expect(listed.map(({ name, power }) => [name, power])).toEqual(
      expect.arrayContaining([
        ["web/01 [x]", "off"],
        // The note's line, of which the ESXi knows nothing.
        ["shop", null],
      ]),
    );
    const unknown = await failure(open("nobody"));
    expect(unknown).toMatchObject({
      code: "HOST_MACHINE_UNKNOWN",
      hint: expect.stringContaining("web/01 [x]"),
    });
  });

  it("with a hostile name never becomes syntax or an option", async () => {
    const name = `-rf $(touch x) 'q' "d" ; * \u4e2d`;
    const folder = join(esxi.datastore, name);
    mkdirSync(folder);
    const file = "-$(touch y)'\"`id`.vmdk".replaceAll('"', "");
    writeFileSync(
      join(folder, "v.vmx"),
      vmxOf(name.replaceAll('"', "|22"), [`scsi0:0.fileName = "${file}"`]),
    );
    writeFileSync(join(folder, file), flat("-flat $(touch z).vmdk"));
    writeFileSync(join(folder, "-flat $(touch z).vmdk"), disk);
    esxi.change(({ machines }) => {
      machines.push({ id: 1, name, vmx: `[datastore 1] ${name}/v.vmx`, power: "on", snapshots: [] });
    });
    const host = await open("1");
    expect(host.title).toBe(`${name} on this machine`);
    const moment = await host.live?.hold("scsi0:0", { id: "h-0", consistency: "snapshot", leaseMs: 60_000 });
    const source = await host.live?.openMoment(moment as NonNullable<typeof moment>);
    expect(firstDifference(await readAll(source as NonNullable<typeof source>), disk)).toBe(-1);
    await source?.close();
    await host.live?.release(moment as NonNullable<typeof moment>);
    expect(["x", "y", "z"].filter((made) => existsSync(made) || existsSync(join(folder, made)))).toEqual([]);
    const { live } = host;
    for (const id of ["$(id)", "a b", "", "../x", "x".repeat(65)]) {
      expect(
        await failure(live?.hold("scsi0:0", { id, consistency: "snapshot", leaseMs: 1 }) as Promise<unknown>),
      ).toMatchObject({
        code: "CORE_ARGUMENT",
      });
    }
  });

  it("boots from what its BIOS was told, and has no optical drives among its disks", async () => {
    const lines = ['sata0:0.fileName = "s.vmdk"', 'bios.hddOrder = "sata0:0"'];
    addMachine("m", { ...simple("m", lines), "s.vmdk": flat("d-flat.vmdk") }, "off");
    const disks = await (await open("m")).disks();
    expect(disks.map(({ name, system }) => [name, system])).toEqual([
      ["sata0:0", true],
      ["scsi0:0", false],
    ]);
  });

  it("whose file systems VMware Tools cannot quiesce gets a snapshot without, and says so", async () => {
    addMachine("m", simple("m"), "on");
    esxi.change((state) => {
      state.failQuiesce = true;
    });
    const { live } = await open("m");
    const moment = await live?.hold("scsi0:0", { id: "q-0", consistency: "snapshot", leaseMs: 60_000 });
    expect(moment?.notes).toHaveLength(1);
    expect(esxi.asked().filter(([command]) => command === "vmsvc/snapshot.create")).toHaveLength(2);
    await live?.release(moment as NonNullable<typeof moment>);
  });

  it("of which no snapshot can be made is left as it was", async () => {
    addMachine("m", simple("m"), "on");
    const { live } = await open("m");
    const hold = (consistency: "snapshot" | "freeze" | "none") =>
      failure(live?.hold("scsi0:0", { id: "n-0", consistency, leaseMs: 60_000 }) as Promise<unknown>);
    expect(await hold("freeze")).toMatchObject({ code: "HOST_FREEZE_IMPOSSIBLE" });
    expect(await hold("none")).toMatchObject({ code: "HOST_DISK_LOCKED" });
    esxi.change((state) => {
      state.failSnapshots = true;
    });
    expect(await hold("snapshot")).toMatchObject({
      code: "HOST_SNAPSHOT_IMPOSSIBLE",
      details: { fault: "FileFault" },
    });
    expect(readdirSync(esxi.notes)).toEqual([]);
  });

  it("loses no snapshot of anybody else, whatever the numbers are", async () => {
    addMachine("m", simple("m"), "on");
    const { live } = await open("m");
    const moment = await live?.hold("scsi0:0", { id: "o-0", consistency: "snapshot", leaseMs: 60_000 });
    esxi.change((state) => {
      state.otherIds = true;
    });
    expect(
      await failure(live?.release(moment as NonNullable<typeof moment>) as Promise<unknown>),
    ).toMatchObject({
      code: "HOST_COMMAND_FAILED",
    });
    expect(esxi.state().machines[0]?.snapshots).toHaveLength(1);
    expect(esxi.asked().some(([command]) => command === "vmsvc/snapshot.remove")).toBe(false);
  });

  it("that was left with a snapshot by a run that was killed can be cleaned", async () => {
    addMachine("m", simple("m"), "on");
    const { live } = await open("m");
    await live?.hold("scsi0:0", { id: "k-0", consistency: "snapshot", leaseMs: 60_000 });
    const before = readFileSync(join(esxi.datastore, "m/m.vmx"), "utf8");
    const [leftover] = await findEsxiLeftovers(esxi.shell, { volumesFolder: esxi.volumes });
    await leftover?.remove();
    expect(esxi.state().machines[0]?.snapshots).toEqual([]);
    expect(readFileSync(join(esxi.datastore, "m/m.vmx"), "utf8")).not.toBe(before);
  });

  it("whose disk is gone, cut short or no descriptor is refused by name", async () => {
    const folder = addMachine("m", simple("m"), "off");
    const host = await open("m");
    const source = await host.openDisk("scsi0:0");
    writeFileSync(join(folder, "d-flat.vmdk"), disk.subarray(0, 1000));
    const read = source.read({ offset: MiB, length: 512 }, new Uint8Array(512));
    expect(await failure(read)).toMatchObject({ code: "HOST_SOURCE_CHANGED" });
    await source.close();
    writeFileSync(join(folder, "d.vmdk"), new Uint8Array(4096).fill(7));
    expect(await failure(host.disks())).toMatchObject({ code: "HOST_ANSWER_INVALID" });
    expect(await failure(host.openDisk("scsi9:9"))).toMatchObject({ code: "HOST_DISK_UNKNOWN" });
  });

  it("of version 4 is read when it is switched off, and refused a snapshot", async () => {
    esxi.close();
    esxi = fakeEsxi({ busybox: false, version: "4.1.0" });
    addMachine("m", simple("m"), "on");
    const { live } = await open("m");
    const held = live?.hold("scsi0:0", { id: "v-0", consistency: "snapshot", leaseMs: 60_000 });
    expect(await failure(held as Promise<unknown>)).toMatchObject({ code: "HOST_SNAPSHOT_IMPOSSIBLE" });
  });
});
