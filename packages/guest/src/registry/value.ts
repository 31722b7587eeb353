import { wideText } from "../ntfs/record.ts";
import { be32, le32, le64 } from "../volumes/fields.ts";

/** A value of a key. */
export interface HiveValue {
  readonly name: string;
  /** 1 text, 2 text with variables, 3 bytes, 4 number of 32 bits, 7 texts, 11 number of 64 bits … */
  readonly type: number;
  readonly bytes: Uint8Array;
}

const types = { text: 1, expandable: 2, number: 4, bigEndian: 5, texts: 7, wideNumber: 11 } as const;

/** The text of a value up to its first NUL; `undefined` when it holds none. */
export function valueText(value: HiveValue | undefined): string | undefined {
  if (value?.type !== types.text && value?.type !== types.expandable) return undefined;
  return wideText(value.bytes, 0, value.bytes.length >>> 1).split("\0", 1)[0];
}

/** The texts of a value that holds several, or the one of a value that holds one; empty for others. */
export function valueTexts(value: HiveValue | undefined): readonly string[] {
  if (value?.type === types.texts) {
    return wideText(value.bytes, 0, value.bytes.length >>> 1)
      .split("\0")
      .filter((text) => text !== "");
  }
  const text = valueText(value);
  return text === undefined || text === "" ? [] : [text];
}

/** The number a value holds; `undefined` when it holds none. */
export function valueNumber(value: HiveValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value.type === types.number && value.bytes.length >= 4) return le32(value.bytes, 0);
  if (value.type === types.bigEndian && value.bytes.length >= 4) return be32(value.bytes, 0);
  return value.type === types.wideNumber && value.bytes.length >= 8 ? le64(value.bytes, 0) : undefined;
}
