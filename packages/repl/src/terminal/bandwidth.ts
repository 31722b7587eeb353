import { SampanError } from "@sampan/core";

/** Bits per second of each unit; `m` alone is refused, for it says neither bits nor bytes. */
const units: Readonly<Record<string, number>> = {
  bit: 1,
  kbit: 1e3,
  mbit: 1e6,
  gbit: 1e9,
  bps: 1,
  kbps: 1e3,
  mbps: 1e6,
  gbps: 1e9,
};
const byteUnits: Readonly<Record<string, number>> = {
  B: 8,
  kB: 8e3,
  KB: 8e3,
  MB: 8e6,
  GB: 8e9,
  KiB: 8 * 1024,
  MiB: 8 * 1024 ** 2,
  GiB: 8 * 1024 ** 3,
};

/** Bits per second of a text such as `100mbit`, `1.5 Gbit/s` or `12MB/s`; anything else is refused with `COMMAND_USAGE`. */
export function parseBandwidth(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]{1,4})(?:\/s)?$/.exec(text.trim());
  const unit = match?.[2] ?? "";
  const factor = byteUnits[unit] ?? units[unit.toLowerCase()];
  const value = Number(match?.[1]) * (factor ?? Number.NaN);
  if (value > 0) return value;
  throw new SampanError("COMMAND_USAGE", `"${text}" is no bandwidth`, {
    hint: "Write it as 100mbit, 1gbit or 12MB/s.",
  });
}
