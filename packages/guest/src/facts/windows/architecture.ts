import { isSampanError } from "@sampan/core";
import type { GuestFiles } from "../../files/guest-files.ts";
import { valueText } from "../../registry/value.ts";
import { hasText, le16, le32 } from "../../volumes/fields.ts";
import type { WindowsRegistry } from "./registry.ts";

/** Programs in `System32`, one of which every Windows has. */
const programs = ["ntoskrnl.exe", "kernel32.dll", "ntdll.dll", "smss.exe", "cmd.exe"];
/** The header of a program lies within its first page; a DOS program before it may be longer. */
const headBytes = 8192;

/** Machines of Microsoft's PE format. */
const machines: Readonly<Record<number, string>> = {
  332: "i386",
  452: "arm",
  512: "ia64",
  34404: "x86_64",
  43620: "aarch64",
};

/** What `PROCESSOR_ARCHITECTURE` calls them. */
const environmentNames: Readonly<Record<string, string>> = {
  X86: "i386",
  AMD64: "x86_64",
  ARM64: "aarch64",
  IA64: "ia64",
};

/** The machine a Windows is made for: by its programs, else by its registry; `null` when neither tells. */
export async function readWindowsArchitecture(
  files: GuestFiles,
  windowsFolder: string,
  registry: WindowsRegistry,
): Promise<string | null> {
  for (const name of programs) {
    const machine = machineOf(await head(files, `${windowsFolder}/System32/${name}`));
    if (machine !== null) return machine;
  }
  const { key } = await registry.system("Control\\Session Manager\\Environment");
  const told = valueText(await key?.value("PROCESSOR_ARCHITECTURE"))?.toUpperCase() ?? "";
  return Object.hasOwn(environmentNames, told) ? (environmentNames[told] ?? null) : null;
}

async function head(files: GuestFiles, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path, headBytes);
  } catch (error) {
    // Windows may keep its programs compressed in a way that is not read; another, or the registry, tells as well.
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    return undefined;
  }
}

function machineOf(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined || !hasText(bytes, 0, "MZ")) return null;
  const at = le32(bytes, 60);
  return hasText(bytes, at, "PE\0\0") ? (machines[le16(bytes, at + 4)] ?? null) : null;
}
