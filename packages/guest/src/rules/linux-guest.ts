import type { Evidence } from "@sampan/core";
import type { LinuxFacts } from "../facts.ts";
import type { RuleInput } from "./rule.ts";

/** The Linux guest of an input, when the disk is the system disk and one was found. */
export function linuxGuest(input: RuleInput): LinuxFacts | undefined {
  const { guest } = input.inspection;
  return input.disk.system && guest?.type === "linux" ? guest : undefined;
}

/** A fact as evidence. */
export function fact(name: string, text: string): Evidence {
  return { kind: "fact", name, text };
}

/** A file, or a line of one, as evidence. */
export function file(path: string, text: string, line: number | null = null): Evidence {
  return { kind: "file", path, line, text };
}
