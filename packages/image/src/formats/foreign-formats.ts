import { SampanError } from "@sampan/core";
import { textAt } from "../io/buffers.ts";
import type { ProbedFile } from "./format.ts";

interface Mark {
  readonly name: string;
  /** From the file's beginning; below zero, from its end. */
  readonly offset: number;
  readonly text: string;
}

/** Marks of formats that are known but not read, so that they can be refused by name. */
const marks: readonly Mark[] = [
  { name: "QED", offset: 0, text: "QED\0" },
  { name: "EWF (EnCase)", offset: 0, text: "EVF\x09\x0d\x0a\xff\0" },
  { name: "EWF 2 (EnCase)", offset: 0, text: "EVF2\r\n\x81\0" },
  { name: "logical EWF (EnCase)", offset: 0, text: "LVF\x09\r\n\xff\0" },
  { name: "logical EWF 2 (EnCase)", offset: 0, text: "LEF2\r\n\x81\0" },
  { name: "AFF", offset: 0, text: "AFF10\r\n" },
  { name: "Apple DMG sparse bundle", offset: 0, text: "sprs" },
  { name: "encrypted Apple DMG", offset: 0, text: "encrcdsa" },
  { name: "encrypted Apple DMG", offset: -8, text: "cdsaencr" },
  { name: "Apple DMG (UDIF)", offset: -512, text: "koly" },
  { name: "Bochs growing image", offset: 0, text: "Bochs Virtual HD Image" },
  { name: "cloop", offset: 0, text: "#!/bin/sh\n#V2.0 Format\n" },
  { name: "Proxmox VMA", offset: 0, text: "VMA\0" },
  { name: "partclone", offset: 0, text: "partclone-image" },
  { name: "Android sparse image", offset: 0, text: "\x3a\xff\x26\xed" },
  { name: "WIM", offset: 0, text: "MSWIM\0\0\0" },
  { name: "lzip", offset: 0, text: "LZIP" },
  { name: "lzop", offset: 0, text: "\x89LZO\0\r\n\x1a\n" },
  { name: "LZ4", offset: 0, text: "\x04\x22\x4d\x18" },
  { name: "RAR", offset: 0, text: "Rar!\x1a\x07" },
  { name: "bzip2", offset: 0, text: "BZh" },
  { name: "7-Zip", offset: 0, text: "7z\xbc\xaf\x27\x1c" },
  { name: "ZIP", offset: 0, text: "PK\x03\x04" },
  { name: "tar", offset: 257, text: "ustar" },
];

/** Names of the formats that are refused, each once. */
export const foreignFormatNames: readonly string[] = [...new Set(marks.map(({ name }) => name))];

/** Refuses a file that bears the mark of a format Sampan knows by name only, with `IMAGE_FORMAT_UNSUPPORTED`. */
export function refuseForeignFormat(file: ProbedFile): void {
  const found = marks.find(({ offset, text }) => {
    const bytes = offset < 0 ? file.tail : file.head;
    const at = offset < 0 ? bytes.length + offset : offset;
    return at >= 0 && at + text.length <= bytes.length && textAt(bytes, at, text.length) === text;
  });
  if (!found) return;
  throw new SampanError(
    "IMAGE_FORMAT_UNSUPPORTED",
    `opening ${file.path}: its format, ${found.name}, is not read`,
    {
      hint: "Unpack it, or convert it with the tool that made it to raw, VHD, VMDK or QCOW2.",
      details: { path: file.path, format: found.name },
    },
  );
}
