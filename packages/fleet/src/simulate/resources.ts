import type { ExpectedStage } from "../advice/stage-times.ts";
import { createSharedLine, type SharedLine } from "./shared-line.ts";
import { createSlots, type Slots } from "./slots.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What hosts of a fleet share, by the names that stages have for it. Made when the first asks for it. */
export interface Resources {
  /** Lets a stage pass, and calls when it is over. */
  pass(stage: ExpectedStage, done: () => void): void;
  readonly lines: ReadonlyMap<string, SharedLine>;
  readonly imports: ReadonlyMap<string, Slots>;
  readonly copies: ReadonlyMap<string, Slots>;
}

/** How much there is of what is shared. */
export interface ResourceSizes {
  /** Bytes a second of a site's line. */
  readonly siteBytesPerSecond: (site: string) => number;
  readonly importsAtOnce: () => number;
  readonly copiesAtOnce: () => number;
}

/** Makes the resources of a fleet. */
export function createResources(time: VirtualTime, sizes: ResourceSizes): Resources {
  const lines = new Map<string, SharedLine>();
  const imports = new Map<string, Slots>();
  const copies = new Map<string, Slots>();
  const later = (seconds: number, call: () => void): void => time.at(time.now() + seconds * 1000, call);
  const line = (site: string): SharedLine =>
    known(lines, site, () => createSharedLine(time, sizes.siteBytesPerSecond(site)));
  const slots = (kind: string, region: string): Slots =>
    kind === "import"
      ? known(imports, region, () => createSlots(time.now, sizes.importsAtOnce()))
      : known(copies, region, () => createSlots(time.now, sizes.copiesAtOnce()));

  return {
    pass({ resource, seconds, bytes, mostBytesPerSecond }, done) {
      if (resource === null) {
        later(seconds, done);
        return;
      }
      const colon = resource.indexOf(":");
      const kind = resource.slice(0, colon);
      const name = resource.slice(colon + 1);
      if (kind === "site") {
        line(name).send(bytes, mostBytesPerSecond ?? Number.POSITIVE_INFINITY, () => later(seconds, done));
        return;
      }
      const held = slots(kind, name);
      held.take(() =>
        later(seconds, () => {
          held.give();
          done();
        }),
      );
    },
    lines,
    imports,
    copies,
  };
}

function known<T>(map: Map<string, T>, name: string, make: () => T): T {
  const found = map.get(name);
  if (found !== undefined) return found;
  const made = make();
  map.set(name, made);
  return made;
}
