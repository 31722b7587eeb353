import { basename } from "node:path";
import { SampanError } from "@sampan/core";

/** Names products give to the parts of a disk, and what its descriptor is then called. */
const partNames: readonly (readonly [part: RegExp, descriptor: string])[] = [
  [/-[sf]\d{3}(\.vmdk)$/i, "$1"],
  [/-(?:flat|delta|sesparse)(\.vmdk)$/i, "$1"],
];

/** The name of the descriptor a part of this name belongs to; `undefined` when the name tells nothing. */
export function descriptorNameOf(path: string): string | undefined {
  const name = basename(path);
  for (const [part, descriptor] of partNames) if (part.test(name)) return name.replace(part, descriptor);
  return undefined;
}

/** Tells whether a file is called like a flat part of 2 GB: its bytes would pass for a whole raw disk. */
export function isCalledFlatPart(path: string): boolean {
  return /-f\d{3}\.vmdk$/i.test(basename(path));
}

/** Refuses a part that was opened by itself, and names the file that makes the disk whole. */
export function lonePart(path: string, kind: string): SampanError {
  const descriptor = descriptorNameOf(path);
  return new SampanError(
    "IMAGE_FORMAT_UNSUPPORTED",
    `opening ${path}, which is one part of a VMDK disk (${kind}) without its descriptor`,
    {
      hint: descriptor
        ? `Open ${descriptor} instead: it is the descriptor that makes the parts one disk.`
        : "Open the disk's descriptor instead: a small text file called .vmdk that names this part.",
      details: { path, variant: kind, ...(descriptor && { descriptor }) },
    },
  );
}
