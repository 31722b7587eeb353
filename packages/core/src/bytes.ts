import { SampanError } from "./errors.ts";

/** 1,024 bytes. */
export const KiB = 1024;
/** 1,024 KiB. */
export const MiB = 1024 * KiB;
/** 1,024 MiB. */
export const GiB = 1024 * MiB;
/** 1,024 GiB. */
export const TiB = 1024 * GiB;

/** Bytes of a sector, always 512 in Sampan. */
export const sectorBytes = 512;

/** Rounds up to a whole multiple of `unit`. Exact for every safe integer. */
export function roundUp(value: number, unit: number): number {
  const rest = value % unit;
  return rest === 0 ? value : value + (unit - rest);
}

/** Rounds down to a whole multiple of `unit`. */
export function roundDown(value: number, unit: number): number {
  return value - (value % unit);
}

/**
 * Turns a 64-bit field of a foreign file into a number.
 *
 * Byte counts are plain numbers in Sampan: 2^53 bytes (8 PiB) is more than any disk holds, and `bigint` does not survive
 * JSON. A larger value is refused with `IMAGE_CORRUPT`; `what` names the field in the message.
 */
export function safeInteger(value: bigint, what: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new SampanError("IMAGE_CORRUPT", `${what} is ${value}, which no disk can have`);
  }
  return Number(value);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Writes a byte count for people: `1.5 GiB`, `512 B`. Three significant digits, binary units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  const text = value.toFixed(digits);
  return `${digits > 0 ? text.replace(/\.?0+$/, "") : text} ${units[unit]}`;
}
