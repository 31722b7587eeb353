import { MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import type { WindowsFacts } from "../../facts.ts";
import { ReadBudget } from "../../files/paged-reader.ts";
import { inspectDisk } from "../../inspect-disk.ts";
import { openGuest } from "../../open-guest.ts";
import { HiveKey } from "../../registry/key.ts";
import type { RegistryKey } from "../../registry/registry-key.ts";
import { makePhonyWindows, phonyWindowsTools } from "../../testing/phony-windows.ts";
import { hasTools } from "../../testing/tools.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import { HiveRegistry } from "./registry.ts";
import { readRunningWindows, type WindowsAnswers, type WindowsQuestions } from "./running.ts";

const dword = (value: number) => `dword:${value.toString(16).padStart(8, "0")}`;
const strings = (...texts: readonly string[]) =>
  `hex(7):${[...Buffer.from(`${texts.join("\0")}\0\0`, "utf16le")].map((byte) => byte.toString(16).padStart(2, "0")).join(",")}`;
const set = "HKLM\\SYSTEM\\ControlSet001";
const reg = `[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]
"ProductName"="Windows Server 2012 R2 Standard"
"CurrentVersion"="6.3"
"CurrentBuild"="9600"
"EditionID"="ServerStandard"
"InstallationType"="Server"

[HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform]
"KeyManagementServiceName"="kms.cloud.aliyuncs.com"

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System]
"EnableLUA"=${dword(1)}

[HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired]

[HKLM\\SYSTEM\\Select]
"Current"=${dword(1)}

[${set}\\Control\\Terminal Server]
"fDenyTSConnections"=${dword(0)}

[${set}\\Control\\Session Manager]
"PendingFileRenameOperations"=${strings("\\??\\C:\\old", "")}

[${set}\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}]
"UpperFilters"=${strings("partmgr", "backupflt", "gone")}

[${set}\\Services\\backupflt]
"Start"=${dword(0)}
"ImagePath"="system32\\\\drivers\\\\backupflt.sys"

[${set}\\Services\\viostor]
"Start"=${dword(3)}
"ImagePath"="system32\\\\drivers\\\\viostor.sys"

[${set}\\Services\\viostor\\StartOverride]
"0"=${dword(0)}

[${set}\\Services\\sppsvc]
"Start"=${dword(2)}

[${set}\\Services\\Tcpip\\Parameters]
"Hostname"="core-1"

[${set}\\Services\\Tcpip\\Parameters\\Interfaces\\{11111111-2222-3333-4444-555555555555}]
"EnableDHCP"=${dword(1)}

[${set}\\Control\\Network\\{4D36E972-E325-11CE-BFC1-08002BE10318}\\{11111111-2222-3333-4444-555555555555}\\Connection]
"Name"="Ethernet"
`;

/** A host that answers from nothing, but for what is given. */
function windows(ask: (questions: WindowsQuestions) => Promise<WindowsAnswers>) {
  const layout: DiskLayout = {
    sizeBytes: MiB,
    table: { kind: "mbr", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
    volumes: [],
    volumeGroups: [],
    notes: [],
  };
  return { layout, systemVolume: 0, systemRoot: "/Windows", bootMode: "BIOS", ask } as const;
}

describe("a Windows that runs", () => {
  it("is asked for what is known to be needed, until nothing is missed", async () => {
    const rounds: WindowsQuestions[] = [];
    const filters = "SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}";
    const text = (value: string) => Buffer.from(`${value}\0\0`, "utf16le");
    const facts = await readRunningWindows(
      windows(async (questions) => {
        rounds.push(questions);
        return {
          keys: questions.keys.map((path) =>
            path === filters
              ? { values: [{ name: "UPPERFILTERS", type: 7, bytes: text("myflt") }], subkeys: [] }
              : path.endsWith("\\Services\\myflt")
                ? { values: [{ name: "ImagePath", type: 1, bytes: text("system32\\my.sys") }], subkeys: [] }
                : null,
          ),
          files: questions.files.map(({ path }) =>
            path === "/Windows/system32/my.sys" ? { kind: "file", sizeBytes: 1, mode: 0o644 } : null,
          ),
        };
      }),
      [],
    );
    expect(facts.diskFilters).toMatchObject([{ name: "myflt", fileThere: true }]);
    // The keys everyone has; the service that the filter names; its file.
    expect(rounds).toHaveLength(3);
    const asked = rounds.flatMap((one) => [...one.keys, ...one.files.map((file) => JSON.stringify(file))]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("is not asked for ever, however many places it names", async () => {
    const names = Array.from({ length: 9000 }, (_, index) => `f${index}`).join("\0");
    const notes: string[] = [];
    let rounds = 0;
    await readRunningWindows(
      windows(async (questions) => {
        rounds++;
        const values = ["UpperFilters", "LowerFilters"].map((name) => ({
          name,
          type: 7,
          bytes: Buffer.from(`${names}\0\0`, "utf16le"),
        }));
        return {
          keys: questions.keys.map(() => ({ values, subkeys: [] })),
          files: questions.files.map(() => null),
        };
      }),
      notes,
    );
    expect(rounds).toBeLessThan(8);
    expect(notes.join()).toMatch(/were not looked at: too many are named/);
  });
});

describe.skipIf(!hasTools(...phonyWindowsTools))(
  "a Windows that runs, beside its disk (needs ntfs-3g, wimtools, libwin-hivex-perl, dosfstools and mtools)",
  () => {
    it("has the facts its disk has, from the control set it runs by", async () => {
      const source = memorySource(
        makePhonyWindows({
          reg,
          layout: "mbr",
          files: {
            "/Windows/System32/drivers/backupflt.sys": "phony",
            "/Windows/servicing/Packages/Package_for_KB5009624~31bf3856ad364e35~amd64~~6.3.1.3.mum": "x",
          },
        }),
      );
      const still = await inspectDisk(source);
      const notes: string[] = [];
      const opened = await openGuest(source, still.layout, new ReadBudget(56 * MiB), notes);
      if (opened === undefined || still.guest?.type !== "windows") throw new Error("no Windows");
      const registry = await HiveRegistry.open(opened.files, "/Windows", notes);
      const running = await readRunningWindows(
        {
          layout: still.layout,
          systemVolume: opened.root.index,
          systemRoot: "/Windows",
          bootMode: "BIOS",
          ask: async (questions) => ({
            keys: await Promise.all(
              questions.keys.map(async (path) => {
                const [hive, ...rest] = path.split("\\");
                const { key } =
                  hive === "SOFTWARE"
                    ? await registry.software(rest.join("\\"))
                    : await registry.system(rest.slice(1).join("\\"));
                return key === undefined ? null : await dump(key);
              }),
            ),
            files: await Promise.all(
              questions.files.map(async (question) => {
                if (question.kind === "stat") return (await opened.files.stat(question.path)) ?? null;
                if (question.kind === "list") return opened.files.list(question.path);
                return (await opened.files.read(question.path, question.maxBytes)) ?? null;
              }),
            ),
          }),
        },
        [],
      );
      const expected = JSON.parse(
        JSON.stringify(still.guest).replaceAll("ControlSet001", "CurrentControlSet"),
      ) as WindowsFacts;
      expect(running).toEqual({ ...expected, bootManager: "/bootmgr" });
      expect(running).toMatchObject({
        hostname: "core-1",
        hotfixes: ["KB5009624"],
        pending: ["Windows Update", "file renames"],
        drivers: [{ name: "viostor", start: 0, fileThere: false }],
        interfaces: [{ name: "Ethernet", method: "dhcp" }],
      });
    });
  },
);

async function dump(key: RegistryKey) {
  if (!(key instanceof HiveKey)) throw new Error("not of a hive");
  return { values: await key.values(), subkeys: (await key.subkeys()).map(({ name }) => name) };
}
