import { SampanError } from "@sampan/core";

/**
 * Refuses a path that a tool could take for something else: one that is not absolute may begin like an option or a protocol.
 *
 * @throws `CORE_ARGUMENT`.
 */
export function assertPath(path: string, system: "linux" | "windows"): void {
  const why = system === "linux" ? whyNotPosix(path) : whyNotWindows(path);
  if (why === undefined) return;
  throw new SampanError("CORE_ARGUMENT", `reading the path ${JSON.stringify(path.slice(0, 200))}: ${why}`, {
    details: { system },
  });
}

function whyNotPosix(path: string): string | undefined {
  if (!path.startsWith("/")) return "it is not absolute";
  return path.includes("\0") ? "it holds a NUL" : undefined;
}

/** Names of devices, which Windows opens wherever they are said to lie. */
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

function whyNotWindows(path: string): string | undefined {
  const drive = /^[A-Za-z]:\\/.test(path);
  // `\\?\` and `\\.\` are no shares: what follows them is taken as it is, devices among it.
  const share = /^\\\\[^\\/?.*"<>|:][^\\/?*"<>|:]*\\[^\\/?*"<>|:]+\\/.test(path);
  if (!drive && !share) return "it is neither a path on a drive nor on a share";
  const below = path.slice(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name on Windows holds them.
  if (/[\u0000-\u001f"<>|?*:]/.test(drive ? below : path)) return "it holds what no name on Windows can";
  const names = below.split(/[\\/]/);
  if (names.some((name) => deviceName.test(name))) return "it names a device";
  return names.includes("..") ? "it climbs out of its folder" : undefined;
}
