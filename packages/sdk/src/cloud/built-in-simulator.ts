import { isSampanError } from "@sampan/core";
import type { Simulator } from "@sampan/simulator";

/** A simulator somebody is using. */
export interface SharedSimulator {
  readonly endpoint: string;
  /** Gives it back; the last user stops it. */
  release(): Promise<void>;
}

// How much faster than a wall clock time passes in a rehearsal: an import of hours takes seconds.
const rehearsalTimeScale = 100;

/** A rehearsal is for the plan: the account it runs in is one where the import role has been set up. */
const switches = { importRole: "ready" } as const;

/** Those that are being stopped: their folders stay locked until they are. */
const stopping = new Map<string, Promise<unknown>>();

const inUse = new Map<string, { readonly started: Promise<Simulator>; users: number }>();

/**
 * Starts the simulator over a folder, or joins the one that already serves it, in this process or another.
 */
export async function builtInSimulator(folder: string): Promise<SharedSimulator> {
  const known = inUse.get(folder);
  const entry = known ?? {
    started: startSimulator(folder, stopping.get(folder)),
    users: 0,
  };
  inUse.set(folder, entry);
  entry.users++;
  const release = async (): Promise<void> => {
    if (--entry.users > 0) return;
    inUse.delete(folder);
    const stopped = entry.started.then((simulator) => simulator.stop());
    stopping.set(folder, stopped);
    try {
      await stopped;
    } finally {
      if (stopping.get(folder) === stopped) stopping.delete(folder);
    }
  };
  try {
    const simulator = await entry.started;
    return { endpoint: simulator.endpoint, release };
  } catch (error) {
    inUse.delete(folder);
    const endpoint = isSampanError(error, "SIMULATOR_LOCKED") ? error.details.endpoint : undefined;
    if (typeof endpoint !== "string") throw error;
    return { endpoint, release: async () => undefined };
  }
}

async function startSimulator(folder: string, earlier: Promise<unknown> | undefined): Promise<Simulator> {
  await earlier?.catch(() => undefined);
  const { Simulator } = await import("@sampan/simulator");
  return Simulator.start({ dataFolder: folder, timeScale: rehearsalTimeScale, switches });
}
