/** An access key id as it may be shown: `LTAI…9f2c`. One too short to stay a secret that way is not shown at all. */
export function maskedKeyId(id: string): string {
  return id.length >= 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : "…";
}
