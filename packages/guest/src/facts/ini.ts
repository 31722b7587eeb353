import { pairOf, textLines } from "./lines.ts";

/** One assignment of an ini file. Section and key are in lower case. */
export interface IniValue {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** Reads an ini file, as unit files and NetworkManager's keyfiles are, in order. */
export function parseIni(text: string | undefined): readonly IniValue[] {
  const values: IniValue[] = [];
  let section = "";
  textLines(text).forEach((line, index) => {
    const head = /^\s*\[([^\]]+)\]\s*$/.exec(line);
    if (head) section = (head[1] ?? "").toLowerCase();
    const pair = head ? undefined : pairOf(line);
    if (pair) values.push({ section, key: pair[0].toLowerCase(), value: pair[1], line: index + 1 });
  });
  return values;
}

/** Values of one key of a section, in order. */
export function iniValues(values: readonly IniValue[], section: string, key: string): readonly string[] {
  return values.filter((one) => one.section === section && one.key === key).map((one) => one.value);
}
