import type { GuestFiles } from "../../files/guest-files.ts";
import { pairOf, textLines } from "../lines.ts";

/** A variable of GRUB 2 and where it is set. */
export interface GrubVariable {
  readonly value: string;
  readonly source: string;
  /** From 1. */
  readonly line: number;
}

/** Reads GRUB's environment block, in which `saved_entry` and on Red Hat `kernelopts` stand. */
export async function readGrubEnvironment(
  files: GuestFiles,
  folder: string,
): Promise<Map<string, GrubVariable>> {
  const variables = new Map<string, GrubVariable>();
  const source = `${folder}/grubenv`;
  textLines(await files.readText(source)).forEach((text, index) => {
    const pair = pairOf(text);
    if (pair) variables.set(pair[0], { value: pair[1], source, line: index + 1 });
  });
  return variables;
}

/** Puts values in place of `$name` and `${name}`; names that are not set become nothing. */
export function expand(text: string, variables: ReadonlyMap<string, GrubVariable>): string {
  return text
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) =>
      (variables.get(braced ?? plain ?? "")?.value ?? "").slice(0, 4096),
    )
    .slice(0, 65_536);
}
