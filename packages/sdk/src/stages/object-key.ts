import type { UploadOptions } from "../plan/options.ts";

/** The plan's key for the first disk, with a number for the others; otherwise one made of host, run and disk. */
export function objectKey(
  input: { readonly host: string; readonly options: Pick<UploadOptions, "key"> },
  index: number,
  format: string,
  runId: string,
): string {
  const given = input.options.key;
  if (given === undefined) return `sampan/${input.host}/${runId}-disk${index}.${format}`;
  if (index === 0) return given;
  return `${given.replace(/\.[A-Za-z0-9]+$/, "")}-disk${index}.${format}`;
}
