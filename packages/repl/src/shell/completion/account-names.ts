import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CachedNames, cachedNames, type NamesQuestion, refreshNames } from "@sampan/sdk";
import { knownRegions } from "@sampan/sdk/catalogue";
import { say } from "../../language/speech.ts";
import { formatDuration } from "../../terminal/numbers.ts";
import type { KnownName, ShellNamesKind } from "./world.ts";

/** Names of the account that the shell would work with: from the cache, and asked for anew behind it. */
export interface AccountNamesSource {
  names(kind: ShellNamesKind): readonly KnownName[];
  /** How old they are, in words; `undefined` when there are none and none are being asked for. */
  age(): string | undefined;
  /** Reads the cache, unless that was done just now. */
  read(): void;
  /**
   * Asks the cloud when what is kept is older than ten minutes. Nobody waits for it, and its failure is no news: what was kept stays.
   */
  ask(): Promise<void>;
  /** Gives up what is being asked. */
  close(): void;
}

/** Names older than these are asked for anew when Tab could use them. */
const freshForMs = 10 * 60_000;
const readAgainAfterMs = 30_000;
const askAgainAfterMs = 60_000;
const longestMs = 60_000;

const regionNames = new Map(
  knownRegions.filter(({ closed }) => closed !== true).map(({ id, name }) => [id, name]),
);
const regionsOffline = namesOfRegions([...regionNames.keys()]);

/** Makes the source; `question` tells, each time, which account is meant. Reads and asks nothing yet. */
export function accountNamesSource(question: () => NamesQuestion): AccountNamesSource {
  const closing = new AbortController();
  let held:
    | { readonly key: string; readonly at: number; readonly cached: CachedNames | undefined }
    | undefined;
  let named: ReadonlyMap<ShellNamesKind, readonly KnownName[]> = new Map();
  let asked: { readonly key: string; readonly at: number } | undefined;
  let asking = false;
  const keyOf = ({ choice, home }: NamesQuestion): string => JSON.stringify([choice, home]);
  const hold = (key: string, cached: CachedNames | undefined): void => {
    held = { key, at: performance.now(), cached };
    named = cached === undefined ? new Map() : namesByKind(cached);
  };
  const ageMs = (): number | undefined =>
    held?.cached === undefined ? undefined : held.cached.ageMs + performance.now() - held.at;
  return {
    names: (kind) => named.get(kind) ?? (kind === "region" ? regionsOffline : []),
    age() {
      const age = ageMs();
      if (age !== undefined) return `${formatDuration(age)} old`;
      return asking ? say("shell.being-asked") : undefined;
    },
    read() {
      const wanted = question();
      const key = keyOf(wanted);
      if (held?.key === key && performance.now() - held.at < readAgainAfterMs) return;
      hold(key, cachedNames(wanted));
    },
    async ask() {
      this.read();
      const wanted = question();
      const key = keyOf(wanted);
      const now = performance.now();
      const age = ageMs();
      if (asking || closing.signal.aborted || (age !== undefined && age < freshForMs)) return;
      if (asked?.key === key && now - asked.at < askAgainAfterMs) return;
      // A built-in simulator that was never used has nothing to tell, and is not started for that.
      if (isUnused(wanted)) return;
      asked = { key, at: now };
      asking = true;
      try {
        const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(longestMs)]);
        hold(key, await refreshNames({ ...wanted, signal }));
      } catch {
        // Completion goes on with what is known.
      } finally {
        asking = false;
      }
    },
    close: () => closing.abort(),
  };
}

function isUnused({ choice, home }: NamesQuestion): boolean {
  return choice.kind === "simulator" && choice.endpoint === undefined && !existsSync(join(home, "simulator"));
}

function namesByKind({ names }: CachedNames): ReadonlyMap<ShellNamesKind, readonly KnownName[]> {
  const places = new Map<string, { readonly region: string; readonly zones: string[] }>();
  for (const { zone, region, instanceTypes } of names.zones) {
    for (const type of instanceTypes) {
      const place = places.get(type) ?? { region, zones: [] };
      place.zones.push(zone);
      places.set(type, place);
    }
  }
  const vpcs = new Map(names.vSwitches.map(({ vpcId, region }) => [vpcId, region]));
  return new Map<ShellNamesKind, readonly KnownName[]>([
    ["region", names.regions.length > 0 ? namesOfRegions(names.regions) : regionsOffline],
    [
      "bucket",
      names.buckets.map(({ name, region, storageClass }) => ({
        value: name,
        region,
        summary: `${region}, ${storageClass}`,
      })),
    ],
    [
      "zone",
      names.zones.map(({ zone, region }) => ({
        value: zone,
        region,
        summary: regionNames.get(region) ?? region,
      })),
    ],
    [
      "instance-type",
      [...places].map(([value, { zones }]) => ({ value, summary: `in ${zones.join(", ")}` })),
    ],
    ["vpc", [...vpcs].map(([value, region]) => ({ value, region, summary: region }))],
    [
      "vswitch",
      names.vSwitches.map(({ vSwitchId, zone, vpcId, region }) => ({
        value: vSwitchId,
        region,
        summary: `${zone}, of ${vpcId}`,
      })),
    ],
    [
      "security-group",
      names.securityGroups.map(({ securityGroupId, name, region }) => ({
        value: securityGroupId,
        region,
        summary: name || region,
      })),
    ],
  ]);
}

function namesOfRegions(ids: readonly string[]): readonly KnownName[] {
  return ids.map((id) => ({ value: id, summary: regionNames.get(id) ?? "", region: id }));
}
