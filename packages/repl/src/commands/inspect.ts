import { type ExitCode, formatBytes } from "@sampan/core";
import { inspectDisk } from "@sampan/guest";
import { AllocationMap, type DiskImage, type DiskImageInfo } from "@sampan/image";
import { argument, type CommandFunction } from "../command-call.ts";
import { guestPairs, layoutTable, pairLines } from "../disk/describe-guest.ts";
import { withImage } from "../disk/open-target.ts";
import { count } from "../terminal/numbers.ts";
import { plainText } from "../terminal/plain-text.ts";

/** `sampan inspect IMAGE`: shows what an image file holds. */
export const run: CommandFunction = async (call) =>
  withImage(call, argument(call, 0), async (image): Promise<ExitCode> => {
    const { output } = call;
    const extents = await countExtents(image);
    const { layout, guest, notes } = await inspectDisk(image.source);
    if (output.asJson) {
      output.json({ path: image.path, ...image.info, extents, layout, guest, notes });
      return 0;
    }
    const { info } = image;
    const table = layout.table.kind === "none" ? "none" : layout.table.kind.toUpperCase();
    output.data(
      plainText(
        pairLines([
          [
            "file",
            `${image.path}${info.files.length > 1 ? ` and ${count(info.files.length - 1, "more file")}` : ""}`,
          ],
          ["format", `${info.format} (${info.variant})${info.compressed === true ? ", compressed" : ""}`],
          ["disk inside", `${formatBytes(info.virtualSizeBytes)} (${info.virtualSizeBytes} bytes)`],
          ["file size", formatBytes(info.fileSizeBytes)],
          ...parentPairs(info.parent),
          [
            "data",
            `${formatBytes(extents.dataBytes)} in ${count(extents.dataExtents, "run")}, the longest ${formatBytes(extents.longestBytes)}`,
          ],
          ["partition table", table],
          ...guestPairs(guest),
        ]),
      ),
    );
    output.data("");
    output.data(layoutTable(layout));
    for (const note of notes) output.data(plainText(`note: ${note}`));
    return 0;
  });

/** The images this one holds the changes since, the nearest first. */
function parentPairs(parent: DiskImageInfo | undefined): [string, string][] {
  if (parent === undefined) return [];
  const file = parent.files[0] ?? "unknown";
  return [["changes since", `${file}, ${parent.format} (${parent.variant})`], ...parentPairs(parent.parent)];
}

/** What the extents say in sum: how much there is of each kind, and how fragmented the data is. */
async function countExtents(image: DiskImage) {
  const map = await AllocationMap.read(image.source);
  const data = map.extents.filter((extent) => extent.kind === "data");
  const bytesOf = (kind: string): number =>
    map.extents.reduce((sum, extent) => sum + (extent.kind === kind ? extent.length : 0), 0);
  return {
    quality: image.source.features.extents,
    count: map.extents.length,
    dataExtents: data.length,
    longestBytes: data.reduce((longest, extent) => Math.max(longest, extent.length), 0),
    dataBytes: map.dataBytes,
    zeroBytes: bytesOf("zero"),
    holeBytes: bytesOf("hole"),
  };
}
