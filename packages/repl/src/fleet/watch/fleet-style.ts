import type { HostView } from "@sampan/fleet";
import type { ScreenStyle } from "../../render/live-screen.ts";

/** Which hosts are shown, and from which on. */
export interface FleetPlace {
  /** How many hosts are left out above. */
  readonly first: number;
  readonly only: "all" | "failed" | "running";
}

/** The dashboard as it opens. */
export const firstPlace: FleetPlace = { first: 0, only: "all" };

/** How a dashboard is drawn. */
export interface FleetStyle extends ScreenStyle {
  /** Lines of the terminal that may be filled. */
  readonly rows: number;
  readonly place: FleetPlace;
  /** How many workers are alive, by site; sites that are not there are not told of. */
  readonly workers: Readonly<Record<string, number>>;
  /** Whether keys are listened to, so that the footer tells of them. */
  readonly hasKeys: boolean;
  /** Whether one of them leaves a fleet that goes on. */
  readonly canLeave: boolean;
}

/** The hosts that a place shows, what needs a look first: failed, then under way, then waiting, then what has ended well. */
export function shownHosts(hosts: readonly HostView[], { only }: FleetPlace): readonly HostView[] {
  const chosen = hosts.filter(
    ({ state, outcome }) =>
      only === "all" || (only === "failed" ? outcome === "failed" : state === "running"),
  );
  // Sorting is stable: within a rank hosts stay in their order.
  return chosen
    .map((host) => ({ host, rank: rankOf(host) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ host }) => host);
}

function rankOf({ state, outcome, stages }: HostView): number {
  if (outcome === "failed") return 0;
  if (state === "running")
    return stages.some((stage) => stage.state === "stalled" || stage.state === "retrying") ? 1 : 2;
  if (state === "waiting") return 3;
  return outcome === "cancelled" || outcome === "skipped" ? 4 : outcome === "warnings" ? 5 : 6;
}
