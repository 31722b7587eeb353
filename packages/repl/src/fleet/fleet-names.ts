import type { RunOfFleet } from "@sampan/fleet/engine";

/**
 * Names for fleets by which they are told apart: that of their file, and as much of the folders it lies in as it takes where files of one name
 * lie in several. Runs from before folders were recorded are of a fleet of their own.
 */
export function fleetNames(hosts: readonly RunOfFleet[]): (host: RunOfFleet) => string {
  const foldersOf = new Map<string, Set<string>>();
  for (const { fleet, folder = "" } of hosts)
    foldersOf.set(fleet, (foldersOf.get(fleet) ?? new Set()).add(folder));
  const namesOf = new Map([...foldersOf].map(([fleet, folders]) => [fleet, shortest([...folders], fleet)]));
  return ({ fleet, folder = "" }) => namesOf.get(fleet)?.get(folder) ?? fleet;
}

function shortest(folders: readonly string[], file: string): ReadonlyMap<string, string> {
  const parts = folders.map((folder) => folder.split(/[\\/]/).filter((part) => part !== ""));
  const most = Math.max(...parts.map(({ length }) => length));
  for (let count = 0; ; count++) {
    const names = parts.map((all) => [...all.slice(Math.max(0, all.length - count)), file].join("/"));
    if (new Set(names).size === folders.length || count === most)
      return new Map(folders.map((folder, at) => [folder, names[at] as string]));
  }
}
