import { type JsonObject, Secret } from "@sampan/core";
import { assessDisk } from "@sampan/guest";
import { openWindowsHost, openWinrmShell, parseWinrmTarget } from "@sampan/host";
import { afterEach, describe, expect, it } from "vitest";
import { startWinrmServer } from "../helpers/winrm-server/winrm-server.ts";

const open: (() => Promise<unknown>)[] = [];
const GiB = 1024 ** 3;

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Server 2008 R2: PowerShell 2, MBR, the older classes alone. */
const server2008 = {
  name: "WEB-01",
  systemDrive: "C:",
  systemRoot: "C:\\Windows",
  administrator: true,
  firmware: null,
  disks: [
    {
      index: 0,
      id: "\\\\.\\PHYSICALDRIVE0",
      model: "VMware Virtual disk",
      serial: null,
      size: 40 * GiB - 7_000_000,
      sector: 512,
      signature: 0xdeadbeef,
    },
    {
      index: 1,
      id: "\\\\.\\PHYSICALDRIVE1",
      model: "x\u001b[31m",
      serial: "A1",
      size: 10 * GiB,
      sector: 512,
      signature: 1,
    },
    {
      index: 2,
      id: "\\\\.\\PHYSICALDRIVE2",
      model: "Card reader",
      serial: null,
      size: null,
      sector: null,
      signature: null,
    },
  ],
  partitions: [
    {
      disk: 0,
      index: 1,
      offset: 105_906_176,
      size: 39 * GiB,
      type: "Installable File System",
      active: false,
      letters: ["C:"],
    },
    {
      disk: 0,
      index: 0,
      offset: 1_048_576,
      size: 104_857_600,
      type: "Installable File System",
      active: true,
      letters: [],
    },
    {
      disk: 1,
      index: 0,
      offset: 1_048_576,
      size: 9 * GiB,
      type: "Installable File System",
      active: false,
      letters: ["E:"],
    },
  ],
  volumes: [
    {
      id: "\\\\?\\Volume{1}\\",
      letter: "C:",
      kind: "NTFS",
      label: "System",
      capacity: 39 * GiB,
      free: 30 * GiB,
      dirty: true,
    },
    {
      id: "\\\\?\\Volume{2}\\",
      letter: "E:",
      kind: null,
      label: null,
      capacity: null,
      free: null,
      dirty: null,
    },
  ],
  encrypted: ["\\\\?\\Volume{2}\\"],
  storage: null,
};

/** Server 2019: UEFI, GPT, with the classes that tell all. */
const server2019 = {
  ...server2008,
  name: "Größe-PC",
  firmware: 2,
  partitions: [
    {
      disk: 0,
      index: 0,
      offset: 1_048_576,
      size: 104_857_600,
      type: "GPT: System",
      active: true,
      letters: [],
    },
    {
      disk: 0,
      index: 1,
      offset: 122_683_392,
      size: 39 * GiB,
      type: "GPT: Basic Data",
      active: false,
      letters: ["C:"],
    },
  ],
  encrypted: [],
  storage: {
    disks: [
      { index: 0, size: 40 * GiB, style: 2, guid: "{AAAAAAAA-0000-0000-0000-00000000000A}", sector: 512 },
    ],
    partitions: [
      {
        disk: 0,
        number: 1,
        offset: 1_048_576,
        size: 104_857_600,
        gpt: "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}",
        mbr: null,
        guid: "{BBBBBBBB-0000-0000-0000-00000000000B}",
        active: false,
        paths: ["\\\\?\\Volume{3}\\"],
      },
      {
        disk: 0,
        number: 2,
        offset: 105_906_176,
        size: 16_777_216,
        gpt: "{e3c9e316-0b5c-4db8-817d-f92df00215ae}",
        mbr: null,
        guid: null,
        active: false,
        paths: null,
      },
      {
        disk: 0,
        number: 3,
        offset: 122_683_392,
        size: 39 * GiB,
        gpt: "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}",
        mbr: null,
        guid: null,
        active: false,
        paths: ["C:\\", "\\\\?\\Volume{1}\\"],
      },
    ],
  },
};

type Values = Readonly<Record<string, string | number | readonly string[]>>;
const registry: Readonly<Record<string, Values>> = {
  "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion": {
    ProductName: "Windows Server 2008 R2 Standard",
    CurrentVersion: "6.1",
    CurrentBuild: "7601",
    EditionID: "ServerStandard",
    InstallationType: "Server",
    CSDVersion: "Service Pack 1",
  },
  "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System": { EnableLUA: 1 },
  "SYSTEM\\CurrentControlSet\\Control\\Terminal Server": { fDenyTSConnections: 1 },
  "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile": {
    EnableFirewall: 1,
  },
  "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters": { Hostname: "web-01" },
  "SYSTEM\\CurrentControlSet\\Services\\viostor": { Start: 0, ImagePath: "system32\\drivers\\viostor.sys" },
  "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment": { PROCESSOR_ARCHITECTURE: "AMD64" },
};

/** What the script that looks answers, from the registry above. */
function look(parameters: JsonObject): JsonObject {
  const keys = (parameters.registry as string[]).map((path) => {
    const values = registry[path];
    if (values === undefined) return null;
    const kind = (value: unknown) => (typeof value === "number" ? 4 : typeof value === "string" ? 1 : 7);
    return {
      values: Object.entries(values).map(([n, d]) => ({ n, k: kind(d), d })),
      subkeys: [],
    } as unknown as JsonObject;
  });
  const files = (parameters.files as JsonObject[]).map(({ kind, path }) =>
    kind === "stat" && path === "/Windows/system32/drivers/viostor.sys"
      ? { kind: "file", size: 70_000 }
      : null,
  );
  return { keys, files };
}

async function host(disks: object) {
  const server = await startWinrmServer({
    windows: {
      scripts: [
        { has: "Win32_DiskDrive", answer: () => disks as JsonObject },
        { has: "$p.registry", answer: look },
      ],
    },
  });
  open.push(() => server.close());
  const target = parseWinrmTarget(`winrm://Administrator@127.0.0.1:${server.port}`);
  const shell = openWinrmShell(target, { password: new Secret("Password") });
  open.push(() => shell.close());
  return { server, opened: openWindowsHost(shell) };
}

describe("a Windows host over WinRM", () => {
  it("names its disks and itself", async () => {
    const opened = await (await host(server2008)).opened;
    expect(opened.name).toBe("web-01");
    expect(await opened.disks()).toEqual([
      {
        name: "\\\\.\\PHYSICALDRIVE0",
        sizeBytes: 40 * GiB - 7_000_000,
        system: true,
        identity: {
          model: "VMware Virtual disk",
          serial: null,
          diskId: "deadbeef",
          sizeBytes: 40 * GiB - 7_000_000,
        },
      },
      {
        name: "\\\\.\\PHYSICALDRIVE1",
        sizeBytes: 10 * GiB,
        system: false,
        identity: { model: "x", serial: "A1", diskId: "00000001", sizeBytes: 10 * GiB },
      },
    ]);
  });

  it("is looked at in a few scripts, and judged by the rules that judge disks", async () => {
    const { server, opened } = await host(server2008);
    const { layout, guest, notes } = await (await opened).live.inspect();
    expect(guest).toMatchObject({
      type: "windows",
      name: "Windows Server 2008 R2 Standard",
      version: "6.1",
      servicePack: 1,
      architecture: "x86_64",
      bits: 64,
      bootMode: "BIOS",
      bootManager: "/bootmgr",
      bootConfiguration: "/Boot/BCD",
      systemVolume: 1,
      systemRoot: "/Windows",
      hostname: "web-01",
      drivers: [{ name: "viostor", start: 0, fileThere: true }],
      remoteDesktop: { enabled: false, source: "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" },
      uac: { enabled: true },
      hibernated: false,
      bitLocker: false,
    });
    expect(layout.table).toMatchObject({ kind: "mbr", diskId: "deadbeef" });
    expect(layout.table.partitions.map(({ number, type, bootable }) => [number, type, bootable])).toEqual([
      [1, "07", true],
      [2, "07", false],
    ]);
    expect(layout.volumes[1]?.fileSystem).toMatchObject({
      kind: "ntfs",
      label: "System",
      usedBytes: 9 * GiB,
      dirty: true,
    });
    expect(notes).toEqual(["the layout is as Windows tells it; the disk itself was not read"]);
    expect(server.served.filter((one) => one === "Command").length).toBeLessThanOrEqual(5);
    const findings = assessDisk({
      inspection: { layout, guest, notes },
      disk: { sizeBytes: layout.sizeBytes, system: true },
      diskCount: 2,
    }).map(({ rule }) => rule);
    expect(findings).toEqual(
      expect.arrayContaining(["SAMPAN.Firewall", "SAMPAN.RemoteDesktop", "SAMPAN.DirtyFileSystem"]),
    );
  });

  it("tells types and sizes exactly where Windows does", async () => {
    const opened = await (await host(server2019)).opened;
    expect(opened.name).toBe("gr-e-pc");
    const { layout, guest } = await opened.live.inspect();
    expect(layout.sizeBytes).toBe(40 * GiB);
    expect(layout.table).toMatchObject({ kind: "gpt", diskId: "aaaaaaaa-0000-0000-0000-00000000000a" });
    expect(layout.table.partitions.map(({ typeName }) => typeName)).toEqual([
      "EFI System",
      "Microsoft reserved",
      "Microsoft basic data",
    ]);
    expect(layout.volumes.map(({ fileSystem }) => fileSystem?.kind ?? null)).toEqual([null, null, "ntfs"]);
    expect(guest).toMatchObject({
      bootMode: "UEFI",
      systemVolume: 2,
      bootManager: "/EFI/Microsoft/Boot/bootmgfw.efi",
    });
  });

  it("sees BitLocker where Windows has opened it", async () => {
    const opened = await (await host({ ...server2008, encrypted: ["\\\\?\\VOLUME{1}\\"] })).opened;
    expect((await opened.live.inspect()).guest).toMatchObject({ bitLocker: true });
  });

  it("says how else its disks are captured", async () => {
    const opened = await (await host(server2008)).opened;
    const refused = { code: "HOST_KIND_UNSUPPORTED", hint: expect.stringContaining("disk2vhd") };
    await expect(opened.openDisk("\\\\.\\PHYSICALDRIVE0")).rejects.toMatchObject(refused);
    await expect(opened.openDisk("sda")).rejects.toMatchObject({ code: "HOST_DISK_UNKNOWN" });
    const options = { id: "x", consistency: "snapshot", leaseMs: 1000 } as const;
    await expect(opened.live.hold("\\\\.\\PHYSICALDRIVE0", options)).rejects.toMatchObject(refused);
  });

  it("is refused to a user who is no administrator, and where answers make no sense", async () => {
    await expect((await host({ ...server2008, administrator: false })).opened).rejects.toMatchObject({
      code: "HOST_ADMINISTRATOR_NEEDED",
    });
    for (const answer of [{}, { disks: "none" }, { disks: [{ id: "C:\\x", index: 0, size: 1 }] }]) {
      await expect((await host({ ...answer, administrator: true })).opened).rejects.toMatchObject({
        code: "HOST_ANSWER_INVALID",
      });
    }
  });
});
