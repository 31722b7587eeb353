import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MiB } from "@sampan/core";
import { efiSystemTypes } from "../volumes/partition-types.ts";
import { writeBootRecord, writeGpt } from "./partition-tables.ts";
import type { PhonyTree } from "./phony-disk.ts";
import { makeHive } from "./phony-hive.ts";
import { makeNtfs, ntfsTools } from "./phony-ntfs.ts";
import { runTool } from "./tools.ts";

/** What {@link makePhonyWindows} needs to be installed. */
export const phonyWindowsTools = [...ntfsTools, "hivexregedit", "mkfs.fat", "mcopy"] as const;

/** A Windows to make. */
export interface PhonyWindows {
  /** Text of a `.reg` file; keys begin with `HKLM\SOFTWARE` or `HKLM\SYSTEM`. */
  readonly reg: string;
  /** `WINDOWS`, `WINNT` …; `Windows` by default. */
  readonly folder?: string;
  /** The machine in the header of `ntoskrnl.exe`; `null` for a Windows without one. */
  readonly machine?: number | null;
  /** Further files of the system volume. */
  readonly files?: PhonyTree;
  /**
   * How the disk is divided: the system volume alone; an MBR with "System Reserved" before it; a GPT with an EFI system
   * partition before it. The boot configuration lies where each has it.
   */
  readonly layout?: "alone" | "mbr" | "gpt";
  /** Size of the system volume; 24 MiB by default. */
  readonly systemBytes?: number;
  /** Further arguments for mkntfs. */
  readonly mkntfs?: readonly string[];
}

/** A program of Windows, as far as its header goes. */
export function phonyProgram(machine: number): Uint8Array {
  const bytes = Buffer.alloc(512);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(128, 60);
  bytes.write("PE\0\0", 128, "latin1");
  bytes.writeUInt16LE(machine, 132);
  return bytes;
}

const bootBytes = 8 * MiB;
const bootOffset = MiB;
const basicDataType = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";

/** Makes a disk with a Windows that has hives, a kernel and a boot configuration, and nothing to run. */
export function makePhonyWindows(windows: PhonyWindows): Buffer {
  const { folder = "Windows", machine = 0x8664, layout = "alone", files = {}, mkntfs = [] } = windows;
  const { systemBytes = 24 * MiB } = windows;
  const scratch = mkdtempSync(join(tmpdir(), "sampan-windows-"));
  try {
    const system: PhonyTree = {
      [`/${folder}/System32/config/SOFTWARE`]: makeHive(
        "HKLM\\SOFTWARE",
        keysOf("HKLM\\SOFTWARE", windows.reg),
      ),
      [`/${folder}/System32/config/SYSTEM`]: makeHive("HKLM\\SYSTEM", keysOf("HKLM\\SYSTEM", windows.reg)),
      ...(machine === null ? {} : { [`/${folder}/System32/ntoskrnl.exe`]: phonyProgram(machine) }),
      ...(layout === "alone" && folder === "Windows" ? { "/Boot/BCD": "phony" } : {}),
      ...files,
    };
    const path = join(scratch, "system");
    makeNtfs(path, system, { sizeBytes: systemBytes, mkntfs });
    if (layout === "alone") return readFileSync(path);
    const boot = layout === "gpt" ? makeEfiPartition(scratch) : makeSystemReserved(scratch);
    const disk = Buffer.alloc(bootOffset + bootBytes + systemBytes + MiB);
    boot.copy(disk, bootOffset);
    readFileSync(path).copy(disk, bootOffset + bootBytes);
    const [first, second, end] = [
      bootOffset,
      bootOffset + bootBytes,
      bootOffset + bootBytes + systemBytes,
    ].map((offset) => offset / 512) as [number, number, number];
    if (layout === "mbr") {
      disk.set([0x33, 0xc0, 0x8e, 0xd0], 0);
      writeBootRecord(disk, 0, [
        { type: 7, start: first, sectors: second - first, active: true },
        { type: 7, start: second, sectors: end - second },
      ]);
    } else {
      writeGpt(disk, 512, [
        {
          type: efiSystemTypes[0] as string,
          guid: "11111111-0000-0000-0000-000000000001",
          first,
          last: second - 1,
        },
        { type: basicDataType, guid: "11111111-0000-0000-0000-000000000002", first: second, last: end - 1 },
      ]);
    }
    return disk;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The keys of a text that lie below one hive. */
function keysOf(prefix: string, reg: string): string {
  return reg
    .split(/\n(?=\[)/)
    .filter((key) => key.trimStart().startsWith(`[${prefix}\\`))
    .map((key) => key.trimStart())
    .join("\n");
}

function makeSystemReserved(scratch: string): Buffer {
  const path = join(scratch, "reserved");
  makeNtfs(path, { "/Boot/BCD": "phony", "/bootmgr": "phony" }, { sizeBytes: bootBytes });
  return readFileSync(path);
}

function makeEfiPartition(scratch: string): Buffer {
  const path = join(scratch, "efi");
  writeFileSync(path, "");
  truncateSync(path, bootBytes);
  runTool("mkfs.fat", [path]);
  writeFileSync(join(scratch, "BCD"), "phony");
  runTool("mmd", ["-i", path, "::EFI", "::EFI/Microsoft", "::EFI/Microsoft/Boot"]);
  runTool("mcopy", ["-i", path, join(scratch, "BCD"), "::EFI/Microsoft/Boot/BCD"]);
  return readFileSync(path);
}
