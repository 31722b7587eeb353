import type { Volume } from "../volumes/layout.ts";
import type { RuleInput } from "./rule.ts";

/** Kinds that are no file system of the guest's own. */
const passed = ["swap", "fat12", "fat16", "fat32"];

/** Volumes of a system disk with a guest on it that are formatted with something else. */
export function volumesBesides(input: RuleInput, good: readonly string[]): readonly Volume[] {
  if (!input.disk.system || input.inspection.guest === null) return [];
  return input.inspection.layout.volumes.filter(
    ({ fileSystem }) =>
      fileSystem !== null && !good.includes(fileSystem.kind) && !passed.includes(fileSystem.kind),
  );
}
