import { SampanError } from "@sampan/core";
import type { FleetHost } from "../fleet-host.ts";
import { wavesInOrder } from "../inventory/wave-order.ts";

/** A wave with its hosts in the order they are begun in: as given, but none before what it waits for. */
export interface Wave {
  readonly name: string;
  /** Indexes of the hosts in the fleet. */
  readonly hosts: readonly number[];
}

/**
 * Puts the hosts of a fleet into waves, and those of a wave in order.
 *
 * @throws `FLEET_ORDER_IMPOSSIBLE` when two hosts have one name, or a host waits for one that there is none of, that is of a later
 * wave, or that waits for it.
 */
export function orderWaves(hosts: readonly FleetHost[], named: readonly string[]): readonly Wave[] {
  const indexOf = new Map<string, number>();
  for (const [index, { name }] of hosts.entries()) {
    if (indexOf.has(name)) throw impossible(`two hosts are called ${name}`, [name]);
    indexOf.set(name, index);
  }
  const members = new Map<string, number[]>();
  for (const [index, { wave }] of hosts.entries()) {
    const list = members.get(wave) ?? [];
    list.push(index);
    members.set(wave, list);
  }
  const names = wavesInOrder(members.keys(), named);
  const placeOf = new Map(names.map((wave, place) => [wave, place]));
  assertNothingLater(hosts, indexOf, placeOf);
  return names.map((name) => ({ name, hosts: inOrder(hosts, members.get(name) ?? [], indexOf) }));
}

function assertNothingLater(
  hosts: readonly FleetHost[],
  indexOf: ReadonlyMap<string, number>,
  placeOf: ReadonlyMap<string, number>,
): void {
  for (const { name, wave, after } of hosts) {
    for (const other of after) {
      const index = indexOf.get(other);
      if (index === undefined)
        throw impossible(`${name} waits for ${other}, which is not in the fleet`, [name, other]);
      const theirs = hosts[index]?.wave ?? wave;
      if ((placeOf.get(theirs) ?? 0) > (placeOf.get(wave) ?? 0)) {
        const problem = `${name} of wave ${wave} waits for ${other} of wave ${theirs}, which comes later`;
        throw impossible(problem, [name, other]);
      }
    }
  }
}

/** The hosts of a wave, each after those of the same wave that it waits for; otherwise as they were. */
function inOrder(
  hosts: readonly FleetHost[],
  members: readonly number[],
  indexOf: ReadonlyMap<string, number>,
): readonly number[] {
  const inside = new Set(members);
  const waitsFor = (index: number): readonly number[] =>
    (hosts[index]?.after ?? []).flatMap((name) => {
      const other = indexOf.get(name);
      return other !== undefined && inside.has(other) ? [other] : [];
    });
  const ordered: number[] = [];
  const state = new Map<number, "open" | "done">();
  for (const start of members) {
    // Own stack: a chain of dependencies may be longer than the engine's.
    const path: { readonly index: number; readonly rest: number[] }[] = [];
    const enter = (index: number): void => {
      if (state.get(index) === "done") return;
      if (state.get(index) === "open") throw circle(hosts, path, index);
      state.set(index, "open");
      path.push({ index, rest: [...waitsFor(index)].reverse() });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next !== undefined) {
        enter(next);
        continue;
      }
      state.set(top.index, "done");
      ordered.push(top.index);
      path.pop();
    }
  }
  return ordered;
}

function circle(
  hosts: readonly FleetHost[],
  path: readonly { readonly index: number }[],
  again: number,
): SampanError {
  const from = path.findIndex(({ index }) => index === again);
  const names = [...path.slice(from).map(({ index }) => index), again].map(
    (index) => hosts[index]?.name ?? "",
  );
  const shown = names.length > 8 ? [...names.slice(0, 4), "…", ...names.slice(-3)] : names;
  return impossible(`these hosts wait for each other: ${shown.join(" waits for ")}`, names.slice(0, 100));
}

function impossible(problem: string, hosts: readonly string[]): SampanError {
  return new SampanError("FLEET_ORDER_IMPOSSIBLE", `ordering the hosts of the fleet: ${problem}`, {
    details: { hosts },
  });
}
