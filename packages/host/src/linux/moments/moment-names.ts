import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";

const idForm = /^[A-Za-z0-9-]{1,64}$/;
const nameForm = /^sampan-[0-9a-f]{12}-\d{1,3}$/;

/** Refuses an id that is no id of a moment, before it becomes part of a name. */
export function checkMomentId(id: string): void {
  if (!idForm.test(id) || id.startsWith("-")) {
    throw new SampanError(
      "CORE_ARGUMENT",
      "holding a moment: its id must be 1 to 64 letters, digits and dashes",
    );
  }
}

/**
 * What the snapshots of a moment are called, before their number. Of a digest: device-mapper's names end at 127 characters and
 * double every dash.
 */
export function snapshotPrefix(id: string): string {
  return `sampan-${createHash("sha256").update(id).digest("hex").slice(0, 12)}-`;
}

/** Tells whether a name is one that Sampan gives to a snapshot. */
export function isSnapshotName(name: string): boolean {
  return nameForm.test(name);
}

/** The id of the moment that tags of a snapshot name; `undefined` when they name none of Sampan's. */
export function idOfTags(tags: readonly string[]): string | undefined {
  if (!tags.includes("sampan")) return undefined;
  const id = tags.find((tag) => tag.startsWith("sampan.id."))?.slice("sampan.id.".length);
  return id !== undefined && idForm.test(id) ? id : undefined;
}

/** Device-mapper's name of a logical volume: dashes of its parts are doubled. */
export function mapperName(group: string, name: string): string {
  return `${group.replaceAll("-", "--")}-${name.replaceAll("-", "--")}`;
}
