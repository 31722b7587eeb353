import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../../assess-disk.ts";
import type { WindowsFacts } from "../../facts.ts";
import { inspectDisk } from "../../inspect-disk.ts";
import { makePhonyWindows, type PhonyWindows, phonyWindowsTools } from "../../testing/phony-windows.ts";
import { hasTools } from "../../testing/tools.ts";

const set = "HKLM\\SYSTEM\\ControlSet001";
const services = `${set}\\Services`;

/** A well-kept Windows Server 2008 R2, as far as its registry goes. */
const good = `[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]
"ProductName"="Windows Server 2008 R2 Enterprise"
"CurrentVersion"="6.1"
"CurrentBuild"="7601"
"EditionID"="ServerEnterprise"
"InstallationType"="Server"

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System]
"EnableLUA"=dword:00000000

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State]
"ImageState"="IMAGE_STATE_COMPLETE"

[HKLM\\SYSTEM\\Select]
"Current"=dword:00000001

[${set}\\Control\\ProductOptions]
"ProductType"="ServerNT"

[${set}\\Control\\Terminal Server]
"fDenyTSConnections"=dword:00000000

[${set}\\Control\\Terminal Server\\WinStations\\RDP-Tcp]
"PortNumber"=dword:00000d3d

[${services}\\sppsvc]
"Start"=dword:00000002

[${services}\\viostor]
"Start"=dword:00000000
"ImagePath"="system32\\\\drivers\\\\viostor.sys"

[${services}\\netkvm]
"Start"=dword:00000003
"ImagePath"="system32\\\\drivers\\\\netkvm.sys"

[${services}\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile]
"EnableFirewall"=dword:00000000
`;

const packages = "/Windows/servicing/Packages";
const files = {
  "/bootmgr": "phony",
  "/Windows/System32/drivers/viostor.sys": "phony",
  "/Windows/System32/drivers/netkvm.sys": "phony",
  [`${packages}/Package_for_KB3033929~31bf3856ad364e35~amd64~~6.1.1.1.mum`]: "<x/>",
  [`${packages}/Package_for_KB3033929~31bf3856ad364e35~amd64~~6.1.1.1.cat`]: "x",
};

async function look(windows: PhonyWindows) {
  const source = memorySource(makePhonyWindows(windows));
  const inspection = await inspectDisk(source);
  const disk = { sizeBytes: 40 * 1024 ** 3, system: true };
  const judge = (profile: "current" | "whitepaper-2017") =>
    assessDisk({ inspection, disk, diskCount: 1 }, { profile }).map((one) => `${one.rule} ${one.severity}`);
  return { guest: inspection.guest as WindowsFacts, notes: inspection.notes, judge };
}

describe.skipIf(!hasTools(...phonyWindowsTools))(
  "what ECS's check looks at in Windows (needs ntfs-3g, wimtools, libwin-hivex-perl, dosfstools and mtools)",
  () => {
    it("is sound on a well-kept disk, where no rule of either profile finds anything", async () => {
      const { guest, notes, judge } = await look({ reg: good, files, layout: "mbr" });
      expect(notes).toEqual([]);
      expect(guest).toMatchObject({
        bootManager: "/bootmgr",
        hotfixes: ["KB3033929"],
        imageState: "IMAGE_STATE_COMPLETE",
        xenHiddenDevices: null,
        driverInstallDisabledBy: null,
        cloudAssistant: null,
      });
      expect(judge("current")).toEqual([]);
      expect(judge("whitepaper-2017")).toEqual([]);
    });

    it("is found where it is broken", async () => {
      const bad = `${good.replace("IMAGE_STATE_COMPLETE", "IMAGE_STATE_UNDEPLOYABLE")}
[${services}\\XenPCI\\Parameters]
"hide_devices"="PCI\\\\VEN_8086&DEV_7010"

[${services}\\DeviceInstall\\Parameters]
"DeviceInstallDisabled"=dword:00000001

[${services}\\AliyunService]
"Start"=dword:00000004

[${set}\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}]
"UpperFilters"=hex(7):70,00,61,00,72,00,74,00,6d,00,67,00,72,00,00,00,67,00,6f,00,6e,00,65,00,00,00,00,00
`;
      const { guest, judge } = await look({
        reg: bad,
        files: {
          ...files,
          "/bootmgr": null,
          [`${packages}/Package_for_KB3033929~31bf3856ad364e35~amd64~~6.1.1.1.mum`]: null,
          [`${packages}/Package_1_for_KB5009624~31bf3856ad364e35~amd64~~6.1.1.1.mum`]: "<x/>",
        },
      });
      const key = `${services}\\DeviceInstall\\Parameters`;
      expect(guest).toMatchObject({
        bootManager: null,
        imageState: "IMAGE_STATE_UNDEPLOYABLE",
        xenHiddenDevices: { devices: ["PCI\\VEN_8086&DEV_7010"], source: `${services}\\XenPCI\\Parameters` },
        driverInstallDisabledBy: key,
        cloudAssistant: { name: "AliyunService", start: 4 },
        diskFilters: [{ name: "gone", class: "disk", fileThere: false }],
      });
      expect(guest.hotfixes).toContain("KB5009624");
      expect(judge("current")).toEqual(
        expect.arrayContaining([
          "GUESTOS.Sysprep blocker",
          "GUESTOS.BootMgr warning",
          "GUESTOS.Xen warning",
          "GUESTOS.Server warning",
          "GUESTOS.Hotfix warning",
          "GUESTOS.Disk warning",
          "GUESTOS.CloudAssistant info",
        ]),
      );
    });

    it("is a blocker where the registry cannot be read", async () => {
      const { judge } = await look({
        reg: good,
        files: { ...files, "/Windows/System32/config/SOFTWARE": "no hive" },
      });
      expect(judge("current")).toContain("GUESTOS.Registry blocker");
    });
  },
);
