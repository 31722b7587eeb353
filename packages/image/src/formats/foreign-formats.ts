import { SampanError } from "@sampan/core";
import { textAt } from "../io/buffers.ts";
import type { ProbedFile } from "./format.ts";

/** Marks of formats that are known but not read, so that they can be refused by name. */
const marks: readonly { readonly name: string; readonly offset: number; readonly text: string }[] = [
  { name: "QED", offset: 0, text: "QED\0" },
  { name: "VMFS sparse (COWD) VMDK", offset: 0, text: "COWD" },
  { name: "seSparse VMDK", offset: 0, text: "\xbe\xba\xfe\xca\0\0\0\0" },
  { name: "EWF (EnCase)", offset: 0, text: "EVF\x09\x0d\x0a\xff\0" },
  { name: "AFF", offset: 0, text: "AFF10\r\n" },
  { name: "Apple DMG sparse bundle", offset: 0, text: "sprs" },
  { name: "bzip2", offset: 0, text: "BZh" },
  { name: "7-Zip", offset: 0, text: "7z\xbc\xaf\x27\x1c" },
  { name: "ZIP", offset: 0, text: "PK\x03\x04" },
  { name: "tar", offset: 257, text: "ustar" },
];

/** Refuses a file that bears the mark of a format Sampan knows by name only, with `IMAGE_FORMAT_UNSUPPORTED`. */
export function refuseForeignFormat(file: ProbedFile): void {
  const found = marks.find(
    ({ offset, text }) =>
      offset + text.length <= file.head.length && textAt(file.head, offset, text.length) === text,
  );
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
