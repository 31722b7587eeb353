import type { Evidence } from "@sampan/core";
import type { LinuxFacts, WindowsFacts } from "../facts.ts";
import type { Volume } from "../volumes/layout.ts";
import { volumeName } from "../volumes/volume-name.ts";
import type { RuleInput } from "./rule.ts";

/** The Linux guest of an input, when the disk is the system disk and one was found. */
export function linuxGuest(input: RuleInput): LinuxFacts | undefined {
  const { guest } = input.inspection;
  return input.disk.system && guest?.type === "linux" ? guest : undefined;
}

/** The Windows guest of an input, when the disk is the system disk and one was found. */
export function windowsGuest(input: RuleInput): WindowsFacts | undefined {
  const { guest } = input.inspection;
  return input.disk.system && guest?.type === "windows" ? guest : undefined;
}

/** A fact, or a registry key and what it holds, as evidence. */
export function fact(name: string, text: string): Evidence {
  return { kind: "fact", name, text };
}

/** A file, or a line of one, as evidence. */
export function file(path: string, text: string, line: number | null = null): Evidence {
  return { kind: "file", path, line, text };
}

/** A volume as evidence, by where it begins on the disk. */
export function place(volume: Volume, text: string = volumeName(volume)): Evidence {
  return { kind: "disk", offset: volume.range.offset, text };
}
