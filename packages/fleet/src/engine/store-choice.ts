import { openStore } from "./store/open-store.ts";
import type { FleetStore, StoreOptions } from "./store/store.ts";

/** A store: where it is, or one that is open already and stays so. */
export type StoreChoice = StoreOptions | FleetStore;

/** Opens a store, and gives what closes it again; one that was open already is left to whoever opened it. */
export async function openFleetStore(
  choice: StoreChoice,
): Promise<{ readonly store: FleetStore; readonly close: () => Promise<void> }> {
  if ("queue" in choice) return { store: choice, close: async () => undefined };
  const store = await openStore(choice);
  return { store, close: () => store.close() };
}
