import { gzipFormat, xzFormat, zstdFormat } from "./compressed/compressed-format.ts";
import type { FormatReader } from "./format.ts";
import { ovaFormat, ovfFormat } from "./ova/ova-format.ts";
import { parallelsFormat } from "./parallels/parallels-format.ts";
import { qcow2Format } from "./qcow2/qcow2-format.ts";
import { qcowFormat } from "./qcow2/version-one.ts";
import { rawFormat } from "./raw/raw-format.ts";
import { vdiFormat } from "./vdi/vdi-format.ts";
import { vhdFormat } from "./vhd/vhd-format.ts";
import { vhdxFormat } from "./vhdx/vhdx-format.ts";
import { vmdkFormat } from "./vmdk/vmdk-format.ts";

/** Every format that can be read, in the order they are asked. Raw is last: it has no signature of its own. */
export const formatReaders: readonly FormatReader[] = [
  qcowFormat,
  qcow2Format,
  vmdkFormat,
  vhdxFormat,
  vdiFormat,
  parallelsFormat,
  vhdFormat,
  ovaFormat,
  ovfFormat,
  gzipFormat,
  zstdFormat,
  xzFormat,
  rawFormat,
];
