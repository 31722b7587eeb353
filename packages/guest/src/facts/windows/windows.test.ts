/*
 * One file, though it is long: whole guests of every version stand under each other, made from registry text, and share what makes them.
 */

import { MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WindowsFacts } from "../../facts.ts";
import { inspectDisk } from "../../inspect-disk.ts";
import type { DiskInspection } from "../../inspection.ts";
import {
  makePhonyWindows,
  type PhonyWindows,
  phonyProgram,
  phonyWindowsTools,
} from "../../testing/phony-windows.ts";
import { hasTools } from "../../testing/tools.ts";
import { imageFile } from "./services.ts";

const version = "[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]";
const dword = (value: number) => `dword:${value.toString(16).padStart(8, "0")}`;
const strings = (...texts: readonly string[]) =>
  `hex(7):${[...Buffer.from(`${texts.join("\0")}\0\0`, "utf16le")].map((byte) => byte.toString(16).padStart(2, "0")).join(",")}`;

/** A control set as every Windows has it: chosen by `Select`, with another that must not be read. */
function controlSet(number: number, keys: string): string {
  const other = number === 1 ? 2 : 1;
  return `[HKLM\\SYSTEM\\Select]
"Current"=${dword(number)}
"Default"=${dword(number)}

${keys.replaceAll("CCS", `HKLM\\SYSTEM\\ControlSet00${number}`)}

[HKLM\\SYSTEM\\ControlSet00${other}\\Services\\Tcpip\\Parameters]
"Hostname"="WRONG"
`;
}

const services = (set: number) => `HKLM\\SYSTEM\\ControlSet00${set}\\Services`;

async function inspect(windows: PhonyWindows): Promise<DiskInspection & { readonly guest: WindowsFacts }> {
  const inspection = await inspectDisk(memorySource(makePhonyWindows(windows)));
  if (inspection.guest?.type !== "windows") throw new Error(`no Windows: ${inspection.notes.join("; ")}`);
  return { ...inspection, guest: inspection.guest };
}

describe("the file an ImagePath names", () => {
  it.each([
    ["system32\\drivers\\viostor.sys", "/Windows/system32/drivers/viostor.sys"],
    ["\\SystemRoot\\System32\\drivers\\stornvme.sys", "/Windows/System32/drivers/stornvme.sys"],
    ["%SystemRoot%\\system32\\svchost.exe -k netsvcs -p", "/Windows/system32/svchost.exe"],
    [
      '"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe"',
      "/Program Files/VMware/VMware Tools/vmtoolsd.exe",
    ],
    [
      "C:\\Program Files\\Amazon\\Ec2Config\\Ec2Config.exe -x",
      "/Program Files/Amazon/Ec2Config/Ec2Config.exe",
    ],
    ["\\??\\C:\\Windows\\system32\\drivers\\xenbus.sys", "/Windows/system32/drivers/xenbus.sys"],
    ["", null],
    ["nothing", null],
  ])("%s", (path, file) => {
    expect(imageFile(path, "/Windows")).toBe(file);
  });
});

describe.skipIf(!hasTools(...phonyWindowsTools))(
  "facts of Windows (needs ntfs-3g, wimtools, libwin-hivex-perl, dosfstools and mtools)",
  () => {
    const table: readonly [string, PhonyWindows, Partial<WindowsFacts>][] = [
      [
        "Windows Server 2003 R2",
        {
          folder: "WINDOWS",
          machine: 0x14c,
          reg: `${version}
"ProductName"="Microsoft Windows Server 2003 R2"
"CurrentVersion"="5.2"
"CurrentBuildNumber"="3790"
"CSDVersion"="Service Pack 2"

${controlSet(
  1,
  `[CCS\\Control\\ProductOptions]
"ProductType"="ServerNT"
"ProductSuite"=${strings("Terminal Server", "Enterprise")}

[CCS\\Services\\Tcpip\\Parameters]
"Hostname"="old-web"

[CCS\\Services\\Tcpip\\Parameters\\Interfaces\\{11111111-2222-3333-4444-555555555555}]
"EnableDHCP"=${dword(0)}
"IPAddress"=${strings("10.0.0.5")}

[CCS\\Services\\SharedAccess]
"Start"=${dword(2)}

[CCS\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\StandardProfile]
"EnableFirewall"=${dword(1)}

[CCS\\Control\\Terminal Server]
"fDenyTSConnections"=${dword(1)}
`,
)}`,
          files: { "/boot.ini": "[boot loader]", "/ntldr": "phony" },
        },
        {
          name: "Microsoft Windows Server 2003 R2",
          version: "5.2",
          major: 5,
          minor: 2,
          build: 3790,
          servicePack: 2,
          productType: "server",
          edition: "ServerEnterprise",
          architecture: "i386",
          bits: 32,
          systemRoot: "/WINDOWS",
          bootConfiguration: "/boot.ini",
          bootMode: "BIOS",
          hostname: "old-web",
          remoteDesktop: {
            enabled: false,
            port: null,
            source: "HKLM\\SYSTEM\\ControlSet001\\Control\\Terminal Server",
          },
          firewall: [
            {
              profile: "StandardProfile",
              enabled: true,
              source: `${services(1)}\\SharedAccess\\Parameters\\FirewallPolicy\\StandardProfile`,
            },
          ],
          uac: {
            enabled: null,
            source: "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System",
          },
          activation: {
            serviceEnabled: null,
            kmsHost: null,
            source: "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\WPAEvents",
          },
          interfaces: [
            {
              name: "{11111111-2222-3333-4444-555555555555}",
              method: "static",
              ipv6: [],
              source: `${services(1)}\\Tcpip\\Parameters\\Interfaces\\{11111111-2222-3333-4444-555555555555}`,
            },
          ],
          hibernated: false,
          fastStart: null,
          drivers: [],
          pending: [],
        },
      ],
      [
        "Windows 7",
        {
          machine: 0x14c,
          reg: `${version}
"ProductName"="Windows 7 Professional"
"CurrentVersion"="6.1"
"CurrentBuildNumber"="7601"
"CurrentBuild"="7601"
"CSDVersion"="Service Pack 1"
"EditionID"="Professional"
"InstallationType"="Client"

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System]
"EnableLUA"=${dword(1)}

${controlSet(
  1,
  `[CCS\\Services\\Tcpip\\Parameters]
"Hostname"="seven"

[CCS\\Services\\sppsvc]
"Start"=${dword(4)}

[CCS\\Services\\VBoxService]
"Start"=${dword(2)}
"ImagePath"="system32\\\\VBoxService.exe"
`,
)}`,
          files: { "/hiberfil.sys": "hibr and more", "/Windows/System32/VBoxService.exe": "phony" },
        },
        {
          name: "Windows 7 Professional",
          version: "6.1",
          build: 7601,
          servicePack: 1,
          productType: "client",
          edition: "Professional",
          architecture: "i386",
          bits: 32,
          hostname: "seven",
          hibernated: true,
          uac: {
            enabled: true,
            source: "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System",
          },
          activation: { serviceEnabled: false, kmsHost: null, source: `${services(1)}\\sppsvc` },
          hypervisorTools: [
            { name: "VBoxService", start: 2, fileThere: true, source: `${services(1)}\\VBoxService` },
          ],
          bootConfiguration: "/Boot/BCD",
          bootMode: "BIOS",
        },
      ],
      [
        "Windows Server 2008 R2 on an MBR with System Reserved",
        {
          layout: "mbr",
          reg: `${version}
"ProductName"="Windows Server 2008 R2 Datacenter"
"CurrentVersion"="6.1"
"CurrentBuildNumber"="7601"
"EditionID"="ServerDatacenter"
"InstallationType"="Server"

[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform]
"KeyManagementServiceName"="kms.cloud.aliyuncs.com"

${controlSet(
  2,
  `[CCS\\Control\\Windows]
"CSDVersion"=${dword(0x100)}

[CCS\\Services\\Tcpip\\Parameters]
"Hostname"="r2"

[CCS\\Services\\sppsvc]
"Start"=${dword(2)}

[CCS\\Services\\viostor]
"Start"=${dword(0)}
"Type"=${dword(1)}
"ImagePath"="system32\\\\drivers\\\\viostor.sys"

[CCS\\Services\\netkvm]
"Start"=${dword(3)}
"ImagePath"="system32\\\\DRIVERS\\\\netkvm.sys"

[CCS\\Control\\Terminal Server]
"fDenyTSConnections"=${dword(0)}

[CCS\\Control\\Terminal Server\\WinStations\\RDP-Tcp]
"PortNumber"=${dword(3390)}
`,
)}`,
          files: { "/Windows/System32/drivers/VIOSTOR.SYS": "phony" },
        },
        {
          name: "Windows Server 2008 R2 Datacenter",
          version: "6.1",
          productType: "server",
          servicePack: 1,
          bits: 64,
          architecture: "x86_64",
          systemVolume: 1,
          bootConfiguration: "/Boot/BCD",
          bootMode: "BIOS",
          hostname: "r2",
          drivers: [
            { name: "viostor", start: 0, fileThere: true, source: `${services(2)}\\viostor` },
            { name: "netkvm", start: 3, fileThere: false, source: `${services(2)}\\netkvm` },
          ],
          remoteDesktop: {
            enabled: true,
            port: 3390,
            source: "HKLM\\SYSTEM\\ControlSet002\\Control\\Terminal Server",
          },
          activation: {
            serviceEnabled: true,
            kmsHost: "kms.cloud.aliyuncs.com",
            source: `${services(2)}\\sppsvc`,
          },
        },
      ],
      [
        "Windows Server 2012 R2",
        {
          // Without a program whose header could be read.
          machine: null,
          mkntfs: ["-C"],
          reg: `${version}
"ProductName"="Windows Server 2012 R2 Standard"
"CurrentVersion"="6.3"
"CurrentBuild"="9600"
"EditionID"="ServerStandard"
"InstallationType"="Server Core"

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired]

[HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile]
"EnableFirewall"=${dword(0)}

${controlSet(
  1,
  `[CCS\\Control\\Session Manager]
"PendingFileRenameOperations"=${strings("\\??\\C:\\old", "")}

[CCS\\Control\\Session Manager\\Environment]
"PROCESSOR_ARCHITECTURE"="AMD64"

[CCS\\Control\\Session Manager\\Power]
"HiberbootEnabled"=${dword(1)}

[CCS\\Control\\ComputerName\\ComputerName]
"ComputerName"="CORE"

[CCS\\Services\\MpsSvc]
"Start"=${dword(2)}

[CCS\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile]
"EnableFirewall"=${dword(1)}

[CCS\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile]
"EnableFirewall"=${dword(1)}

[CCS\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}]
"UpperFilters"=${strings("partmgr", "backupflt")}

[CCS\\Control\\Class\\{71a27cdd-812a-11d0-bec7-08002be2092f}]
"UpperFilters"=${strings("volsnap")}
"LowerFilters"=${strings("fvevol", "iorate", "rdyboost", "snapman")}
`,
)}`,
          files: { "/Windows/WinSxS/pending.xml": "<PendingTransaction/>", "/hiberfil.sys": "wake" },
        },
        {
          name: "Windows Server 2012 R2 Standard",
          version: "6.3",
          build: 9600,
          productType: "server",
          bits: 64,
          architecture: "x86_64",
          hostname: "CORE",
          hibernated: false,
          fastStart: true,
          pending: ["Windows Update", "Component Based Servicing", "file renames"],
          firewall: [
            {
              profile: "DomainProfile",
              enabled: false,
              source: "HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile",
            },
            {
              profile: "PublicProfile",
              enabled: true,
              source: `${services(1)}\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile`,
            },
          ],
          diskFilters: [
            {
              name: "backupflt",
              class: "disk",
              source: "HKLM\\SYSTEM\\ControlSet001\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}",
              fileThere: false,
            },
            {
              name: "snapman",
              class: "volume",
              source: "HKLM\\SYSTEM\\ControlSet001\\Control\\Class\\{71a27cdd-812a-11d0-bec7-08002be2092f}",
              fileThere: false,
            },
          ],
        },
      ],
      [
        "Windows Server 2019",
        {
          reg: `${version}
"ProductName"="Windows Server 2019 Datacenter"
"CurrentVersion"="6.3"
"CurrentMajorVersionNumber"=${dword(10)}
"CurrentMinorVersionNumber"=${dword(0)}
"CurrentBuild"="17763"
"EditionID"="ServerDatacenter"
"InstallationType"="Server"

${controlSet(
  1,
  `[CCS\\Services\\stornvme]
"Start"=${dword(0)}
"ImagePath"="System32\\\\drivers\\\\stornvme.sys"

[CCS\\Services\\stornvme\\StartOverride]
"0"=${dword(3)}

[CCS\\Services\\VMTools]
"Start"=${dword(2)}
"ImagePath"="\\"C:\\\\Program Files\\\\VMware\\\\VMware Tools\\\\vmtoolsd.exe\\""

[CCS\\Services\\xenbus]
"Start"=${dword(0)}
`,
)}`,
        },
        {
          name: "Windows Server 2019 Datacenter",
          version: "10.0",
          major: 10,
          minor: 0,
          build: 17763,
          edition: "ServerDatacenter",
          drivers: [{ name: "stornvme", start: 3, fileThere: false, source: `${services(1)}\\stornvme` }],
          hypervisorTools: [
            { name: "VMTools", start: 2, fileThere: false, source: `${services(1)}\\VMTools` },
            { name: "xenbus", start: 0, fileThere: null, source: `${services(1)}\\xenbus` },
          ],
          activation: { serviceEnabled: false, kmsHost: null, source: `${services(1)}\\sppsvc` },
        },
      ],
      [
        "Windows Server 2022 on a GPT with an EFI system partition",
        {
          layout: "gpt",
          reg: `${version}
"ProductName"="Windows Server 2022 Standard"
"CurrentVersion"="6.3"
"CurrentMajorVersionNumber"=${dword(10)}
"CurrentMinorVersionNumber"=${dword(0)}
"CurrentBuild"="20348"
"EditionID"="ServerStandard"
"InstallationType"="Server"

${controlSet(
  1,
  `[CCS\\Services\\Tcpip\\Parameters\\Interfaces\\{aaaaaaaa-0000-0000-0000-000000000001}]
"EnableDHCP"=${dword(1)}
"IPAddress"=${strings("0.0.0.0")}

[CCS\\Control\\Network\\{4D36E972-E325-11CE-BFC1-08002BE10318}\\{AAAAAAAA-0000-0000-0000-000000000001}\\Connection]
"Name"="Ethernet0"

[CCS\\Services\\MpsSvc]
"Start"=${dword(4)}

[CCS\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile]
"EnableFirewall"=${dword(1)}
`,
)}`,
        },
        {
          name: "Windows Server 2022 Standard",
          version: "10.0",
          build: 20348,
          systemVolume: 1,
          bootConfiguration: "/EFI/Microsoft/Boot/BCD",
          bootMode: "UEFI",
          interfaces: [
            {
              name: "Ethernet0",
              method: "dhcp",
              ipv6: [],
              source: `${services(1)}\\Tcpip\\Parameters\\Interfaces\\{aaaaaaaa-0000-0000-0000-000000000001}`,
            },
          ],
          firewall: [
            {
              profile: "PublicProfile",
              enabled: false,
              source: `${services(1)}\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile`,
            },
          ],
        },
      ],
      [
        "Windows 11",
        {
          machine: 0xaa64,
          reg: `${version}
"ProductName"="Windows 10 Pro"
"CurrentVersion"="6.3"
"CurrentMajorVersionNumber"=${dword(10)}
"CurrentMinorVersionNumber"=${dword(0)}
"CurrentBuild"="22631"
"EditionID"="Professional"
"InstallationType"="Client"

[HKLM\\SYSTEM\\Setup]
"SystemSetupInProgress"=${dword(0)}
`,
        },
        {
          name: "Windows 11 Pro",
          version: "10.0",
          build: 22631,
          productType: "client",
          architecture: "aarch64",
          bits: 64,
          servicePack: null,
          hostname: null,
          remoteDesktop: {
            enabled: null,
            port: null,
            source: "HKLM\\SYSTEM\\ControlSet001\\Control\\Terminal Server",
          },
        },
      ],
    ];

    it.each(table)("%s has exactly its facts", async (_, windows, facts) => {
      const { guest, notes } = await inspect(windows);
      expect(notes).toEqual([]);
      expect(guest).toMatchObject({ type: "windows", family: "windows", bitLocker: false, ...facts });
    });

    it("hives that are missing or broken leave a guest whose facts are unknown, with a note for each", async () => {
      const { guest, notes } = await inspect({
        reg: `${version}\n"ProductName"="gone"\n\n[HKLM\\SYSTEM\\Select]\n"Current"=${dword(1)}\n`,
        files: { "/Windows/System32/config/SOFTWARE": "no hive at all" },
        machine: null,
      });
      expect(guest).toMatchObject({
        name: "Windows",
        version: null,
        build: null,
        architecture: null,
        uac: { enabled: null },
      });
      expect(notes).toEqual([expect.stringContaining("SOFTWARE could not be read")]);
    });

    it("reads little of a disk with a large hive and thousands of files", async () => {
      const many = Object.fromEntries(
        Array.from({ length: 1500 }, (_, i) => [`/Windows/System32/component-${i}.dll`, phonyProgram(0x14c)]),
      );
      const classes = Array.from(
        { length: 3000 },
        (_, i) => `[HKLM\\SOFTWARE\\Classes\\Kind.${i}]\n@="kind"\n`,
      );
      const disk = makePhonyWindows({
        reg: `${version}\n"ProductName"="Windows Server 2016"\n\n${classes.join("\n")}\n${controlSet(1, "")}`,
        files: many,
        systemBytes: 96 * MiB,
      });
      const inner = memorySource(disk);
      let readBytes = 0;
      const source = {
        ...inner,
        sizeBytes: inner.sizeBytes,
        features: inner.features,
        read: (range: { offset: number; length: number }, into: Uint8Array) => {
          readBytes += range.length;
          return inner.read(range, into);
        },
        extents: inner.extents.bind(inner),
        close: inner.close.bind(inner),
      };
      const { guest } = await inspectDisk(source);
      expect(guest?.name).toBe("Windows Server 2016");
      expect(readBytes).toBeLessThan(6 * MiB);
    });

    it("changed bytes of hives cost facts, and never more", async () => {
      const disk = makePhonyWindows(table[3]?.[1] as PhonyWindows);
      const plain = makePhonyWindows(table[2]?.[1] as PhonyWindows);
      for (const whole of [disk, plain]) {
        const hives = [whole.indexOf("regf"), whole.lastIndexOf("regf")];
        const place = fc.tuple(fc.constantFrom(...hives), fc.nat(9000)).map(([hive, at]) => hive + at);
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 30 }),
            async (changes) => {
              const before = changes.map(([at]) => whole[at] as number);
              for (const [at, byte] of changes) whole[at] = byte;
              const { guest } = await inspectDisk(memorySource(whole));
              for (const [i, [at]] of changes.entries()) whole[at] = before[i] as number;
              expect(guest).toMatchObject({ type: "windows", systemRoot: "/Windows" });
            },
          ),
          { numRuns: 60 },
        );
      }
    });

    it("a volume that was not unmounted is told as dirty", async () => {
      const disk = makePhonyWindows({ reg: `${version}\n"ProductName"="x"\n` });
      const clean = await inspectDisk(memorySource(disk));
      expect(clean.layout.volumes[0]?.fileSystem?.dirty).toBe(false);
      // The flags of the volume stand in its record, the fourth of the table.
      const table = Number(disk.readBigUInt64LE(48)) * disk.readUInt16LE(11) * disk.readUInt8(13);
      const state = disk.indexOf(Buffer.from([0x70, 0, 0, 0, 0x28]), table + 3 * 1024);
      disk[state + disk.readUInt16LE(state + 20) + 10] = 1;
      const { layout, guest, notes } = await inspectDisk(memorySource(disk));
      expect(guest?.name).toBe("x");
      expect(layout.volumes[0]?.fileSystem?.dirty).toBe(true);
      expect(notes).toEqual([expect.stringContaining("not unmounted cleanly")]);
    });

    it("a volume under BitLocker is told, and that it cannot be looked into", async () => {
      const disk = makePhonyWindows({ reg: `${version}\n"ProductName"="x"\n`, layout: "mbr" });
      disk.write("-FVE-FS-", MiB + 8 * MiB + 3, "latin1");
      const { guest, layout, notes } = await inspectDisk(memorySource(disk));
      expect(guest).toBeNull();
      expect(layout.volumes[1]?.fileSystem?.kind).toBe("bitlocker");
      expect(notes.join()).toContain("bitlocker is not read");
    });
  },
);
