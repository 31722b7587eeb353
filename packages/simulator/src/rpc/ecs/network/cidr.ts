/** An IPv4 network. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** Reads `172.16.0.0/12`; `undefined` when it is no network address. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const address = match && parseIpv4(match.slice(1, 5).join("."));
  const bits = Number(match?.[5]);
  if (typeof address !== "number" || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return address % size === 0 ? { first: address, last: address + size - 1, bits } : undefined;
}

/** An IPv4 address as a number; `undefined` when it is none. */
export function parseIpv4(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** `172.16.0.1` of its number. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Addresses of a vSwitch that instances can have: all but the first and the last three, which the service keeps. */
export function usableRange(cidr: Cidr): { readonly first: number; readonly last: number } {
  return { first: cidr.first + 1, last: cidr.last - 3 };
}
