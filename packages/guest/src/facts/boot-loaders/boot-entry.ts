import type { BootLoaderFacts, BootRoot } from "../../facts.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import { resolveDevice } from "../fstab.ts";

/** One way to boot Linux, as a loader's configuration describes it. */
export interface BootEntry {
  /** The arguments of the kernel, in order. */
  readonly arguments: readonly string[];
  /** The line that holds them, from 1. */
  readonly line: number;
}

/** What one file makes a boot loader do. */
export interface BootConfiguration {
  readonly kind: BootLoaderFacts["kind"];
  readonly source: string;
  readonly entries: readonly BootEntry[];
  /** What boots when nobody chooses. */
  readonly defaultEntry: BootEntry | undefined;
}

/** The facts of one configuration. */
export function bootLoaderFacts(configuration: BootConfiguration, layout: DiskLayout): BootLoaderFacts {
  const { kind, source, entries, defaultEntry } = configuration;
  const roots = new Map<string, BootRoot>();
  for (const entry of entries) {
    // The kernel takes the last of several.
    const device = entry.arguments.findLast((one) => one.startsWith("root="))?.slice(5);
    if (device === undefined || device === "" || roots.has(device)) continue;
    roots.set(device, { device, ...resolveRoot(device, layout), line: entry.line });
  }
  const serialConsole =
    defaultEntry === undefined
      ? null
      : defaultEntry.arguments.some((one) => /^console=tty(?:S|AMA)\d/.test(one));
  return { kind, source, roots: [...roots.values()], serialConsole };
}

function resolveRoot(device: string, layout: DiskLayout): Pick<BootRoot, "naming" | "resolved"> {
  // dracut takes `block:` before any device; the kernel takes a number of partitions to go on from a PARTUUID.
  const [name = ""] = device.replace(/^block:/, "").split("/PARTNROFF=");
  const { naming, resolved } = resolveDevice(name, "", layout);
  return naming === "virtual" || naming === "network"
    ? { naming: "other", resolved: null }
    : { naming, resolved };
}
