import type { ExitCode } from "@sampan/core";
import { formatBytes } from "@sampan/core";
import type { FleetView, HostView } from "@sampan/fleet";
import { listed, say, translated } from "../language/speech.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { formatTable, type TableStyle } from "../terminal/table.ts";

/** Where there are more hosts than these, those that ended well stand in the report alone. */
const mostRows = 50;

/** The exit code of a command that migrated a fleet: 130 when a host was cancelled, 1 when one failed or was skipped, 3 with warnings. */
export function fleetExitCode({ counts }: FleetView): ExitCode {
  if (counts.cancelled > 0) return 130;
  if (counts.failed + counts.skipped > 0) return 1;
  return counts.warnings > 0 ? 3 : 0;
}

/** The table of hosts at the end of a fleet. Pure. */
export function fleetSummary({ hosts }: FleetView, style: TableStyle): string {
  const shown =
    hosts.length <= mostRows
      ? hosts
      : hosts.filter(({ outcome }) => outcome !== "done" && outcome !== "warnings").slice(0, mostRows);
  if (shown.length === 0) return "";
  const rows = shown.map((host) => [
    host.host,
    host.wave,
    host.site,
    say(`fleet-end.${host.outcome ?? (host.state === "running" ? "running" : "waiting")}`),
    outcomeText(host),
    host.sentBytes > 0 ? formatBytes(host.sentBytes) : "–",
    host.tookMs === null || host.runId === null ? "–" : formatDuration(host.tookMs),
    host.runId ?? "–",
  ]);
  return formatTable(
    ["host", "wave", "site", "state", "images or error", "sent", "took", "run"],
    rows,
    style,
  );
}

function outcomeText({ error, because, images }: HostView): string {
  if (error !== null) return error.code;
  if (because !== null) return translated(because);
  return images.length === 0 ? "–" : listed(images.map(({ region, imageId }) => `${imageId} (${region})`));
}
