import type { HostileCase } from "./hostile-case.ts";
import { packageCases } from "./package-cases.ts";
import { qcow2Cases } from "./qcow2-cases.ts";
import { tableCases } from "./table-cases.ts";
import { vhdCases } from "./vhd-cases.ts";
import { vhdxCases } from "./vhdx-cases.ts";
import { vmdkCases } from "./vmdk-cases.ts";

export { type HostileCase, writeHostileCase } from "./hostile-case.ts";

/** The images that lie, of every format: loops, overlaps, sizes near 2^64, bombs. */
export const hostileCases: readonly HostileCase[] = [
  ...vhdCases,
  ...vhdxCases,
  ...vmdkCases,
  ...qcow2Cases,
  ...tableCases,
  ...packageCases,
];
