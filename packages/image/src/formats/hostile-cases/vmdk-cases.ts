import { deflateSync } from "node:zlib";
import { KiB, MiB } from "@sampan/core";
import { AllocationMap } from "../../allocation-map.ts";
import { patternSource } from "../../testing/pattern-source.ts";
import { makeCowd, makeDescriptor, makeSeSparse } from "../vmdk/testing/make-esx.ts";
import { makeStreamOptimized } from "../vmdk/testing/make-vmdk.ts";
import { endless, type Field, type HostileCase, type HostileFile, put } from "./hostile-case.ts";

const disk = patternSource(4 * MiB, AllocationMap.ofData(4 * MiB, [{ offset: 0, length: 200 * KiB }]));

const text = (
  name: string,
  descriptor: () => string,
  ends: string,
  more: Record<string, HostileFile> = {},
) => ({
  name: `a VMDK descriptor ${name}`,
  files: () => ({ "x.vmdk": descriptor(), ...more }),
  opened: "x.vmdk",
  ends,
});

const mark = "# Disk DescriptorFile\n";
const flat = 'RW 8 FLAT "a.raw" 0';
const raw = { "a.raw": new Uint8Array(4096) };

/** A streamOptimized image with header and footer changed alike. */
const stream = (name: string, fields: readonly Field[], ends: string): HostileCase => ({
  name: `a streamOptimized VMDK ${name}`,
  async files() {
    const bytes = await makeStreamOptimized(disk);
    for (const at of [0, bytes.length - 1024]) put(bytes.subarray(at), "little", fields);
    return { "x.vmdk": bytes };
  },
  opened: "x.vmdk",
  ends,
});

const part = (
  name: string,
  make: () => Promise<Uint8Array>,
  type: string,
  fields: readonly Field[],
  ends: string,
): HostileCase => ({
  name: `a VMDK part of type ${type} ${name}`,
  async files() {
    return {
      "x.vmdk": makeDescriptor("custom", [`RW ${disk.sizeBytes / 512} ${type} "part.vmdk"`]),
      "part.vmdk": put(await make(), "little", fields),
    };
  },
  opened: "x.vmdk",
  ends,
});

/** VMDK images that lie. */
export const vmdkCases: readonly HostileCase[] = [
  text("of a million empty lines", () => mark + "\n".repeat(1_000_000), "IMAGE_CORRUPT"),
  text("of one line of a million blanks", () => `${mark}RW${" ".repeat(1_000_000)}!`, "IMAGE_CORRUPT"),
  text(
    "of one line of a million blanks and an encoding",
    () => `${mark}${" ".repeat(1_000_000)}encoding=x y`,
    "IMAGE_CORRUPT",
  ),
  text("with one key of a million letters", () => `${mark}${"c".repeat(1_000_000)}=1`, "IMAGE_CORRUPT"),
  text(
    "that names 5,000 parts",
    () => makeDescriptor("custom", Array(5000).fill(flat)),
    "IMAGE_CORRUPT",
    raw,
  ),
  text(
    "whose parts are larger than any disk together",
    () => makeDescriptor("custom", Array(4).fill("RW 9007199254740 ZERO")),
    "IMAGE_CORRUPT",
  ),
  text(
    "with a part of 2^64 sectors",
    () => makeDescriptor("custom", ["RW 9999999999999999 ZERO"]),
    "IMAGE_CORRUPT",
  ),
  text(
    "with a part of a file of the system",
    () => makeDescriptor("custom", ['RW 8 FLAT "/etc/shadow" 0']),
    "IMAGE_PARENT_REFUSED",
  ),
  text(
    "with a part that is itself",
    () => makeDescriptor("custom", ['RW 8 FLAT "x.vmdk" 0']),
    "IMAGE_CORRUPT",
  ),
  text(
    "that is its own parent",
    () => makeDescriptor("custom", [flat], { parentCID: "12345678", parentFileNameHint: '"x.vmdk"' }),
    "IMAGE_CORRUPT",
    raw,
  ),
  text(
    "in a loop of parents",
    () => makeDescriptor("custom", [flat], { parentCID: "12345678", parentFileNameHint: '"y.vmdk"' }),
    "IMAGE_CORRUPT",
    {
      ...raw,
      "y.vmdk": makeDescriptor("custom", [flat], { parentCID: "12345678", parentFileNameHint: '"x.vmdk"' }),
    },
  ),
  stream("of 2^64 sectors", [[12, 64, endless]], "IMAGE_CORRUPT"),
  stream("with grains of 2^63 sectors", [[20, 64, 2n ** 63n]], "IMAGE_CORRUPT"),
  stream("with tables of 2^32 entries", [[44, 32, 0xffffffff]], "IMAGE_CORRUPT"),
  stream("whose directory stands at 2^64", [[56, 64, endless - 1n]], "IMAGE_CORRUPT"),
  stream("whose descriptor has 2^64 sectors", [[36, 64, endless]], "IMAGE_CORRUPT"),
  {
    name: "a streamOptimized VMDK whose grains unpack to 64 MiB each",
    files: async () => ({
      "x.vmdk": await makeStreamOptimized(disk, { compress: () => deflateSync(new Uint8Array(64 * MiB)) }),
    }),
    opened: "x.vmdk",
    ends: "IMAGE_CORRUPT",
  },
  part("of 2^32 sectors", () => makeCowd(disk), "VMFSSPARSE", [[12, 32, 0xffffffff]], "IMAGE_CORRUPT"),
  part(
    "with grains of 2^32 sectors",
    () => makeCowd(disk),
    "VMFSSPARSE",
    [[16, 32, 0xffffffff]],
    "IMAGE_CORRUPT",
  ),
  part(
    "whose directory stands behind its end",
    () => makeCowd(disk),
    "VMFSSPARSE",
    [[20, 32, 0xffffffff]],
    "IMAGE_TRUNCATED",
  ),
  part("of 2^64 sectors", () => makeSeSparse(disk), "SESPARSE", [[16, 64, endless]], "IMAGE_CORRUPT"),
  part(
    "whose tables stand at 2^64",
    () => makeSeSparse(disk),
    "SESPARSE",
    [[144, 64, endless]],
    "IMAGE_CORRUPT",
  ),
  part(
    "whose directory names a table behind its end",
    () => makeSeSparse(disk),
    "SESPARSE",
    [[8 * 512, 64, 0x10000000ffffffffn]],
    "IMAGE_TRUNCATED",
  ),
];
