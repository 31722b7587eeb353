import type { BandwidthBudget, Cloud } from "@sampan/cloud";
import { asSampanError, type Clock, type Random, SampanError } from "@sampan/core";
import type { Host } from "@sampan/host";
import { type CloudChoice, isBuiltIn } from "../cloud/choose-cloud.ts";
import type { connectCloud } from "../cloud/connect-cloud.ts";
import type { SourceSpec } from "../plan/sources.ts";
import type { Artifacts, EarlierRun, Services } from "./stage-definition.ts";

/** Where the stages of a run reach the world. */
export interface ServiceSurroundings {
  /** Folder that holds the built-in simulator's state. */
  readonly home: string;
  readonly cloud: CloudChoice;
  readonly clock: Clock;
  readonly random: Random;
  readonly bandwidth?: BandwidthBudget;
  readonly openHost: Services["openHost"];
  readonly connect: typeof connectCloud;
}

/** What stages reach, and what ends that. */
export interface OpenServices {
  readonly services: Services;
  close(): Promise<void>;
}

/** Makes what the stages of a run share: hosts and clouds are opened by the first that asks, and stay open until it is closed. */
export function openServices(
  surroundings: ServiceSurroundings,
  artifacts: Artifacts,
  earlier?: EarlierRun,
): OpenServices {
  const cloud = lazyCloud(surroundings);
  const hosts = sharedHosts(surroundings);
  const { bandwidth, clock, random } = surroundings;
  return {
    services: {
      openHost: hosts.open,
      cloud: cloud.get,
      isBuiltIn: isBuiltIn(surroundings.cloud),
      artifacts,
      ...(earlier === undefined ? {} : { earlier }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      clock,
      random,
    },
    async close() {
      await closeAll([...hosts.opened(), ...cloud.opened()]);
    },
  };
}

/** Closes all that could be opened, also where some do not close; then throws what those did, all of it in one error. */
async function closeAll(opened: readonly Promise<{ close(): Promise<void> }>[]): Promise<void> {
  const closed = await Promise.allSettled(
    opened.map(async (opening) => {
      const one = await opening.catch(() => undefined);
      await one?.close();
    }),
  );
  const reasons = closed.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  if (reasons.length === 0) return;
  if (reasons.length === 1) throw reasons[0];
  const errors = reasons.map(asSampanError);
  const [{ code, hint, details }] = errors as [SampanError, ...SampanError[]];
  const message = errors.map((error) => error.message).join("; ");
  throw new SampanError(code, message, { hint, details, cause: new AggregateError(reasons, message) });
}

/** The cloud of a run, once for each profile: connected by the first stage that asks, shared by the others, closed at the end. */
function lazyCloud(environment: ServiceSurroundings): {
  readonly get: Services["cloud"];
  opened(): Iterable<Promise<Cloud>>;
} {
  const connected = new Map<string | undefined, Promise<Cloud>>();
  return {
    get(profile) {
      const known = connected.get(profile);
      if (known !== undefined) return known;
      const connecting = environment.connect(
        environment.cloud,
        environment.home,
        profile === undefined ? {} : { profile },
      );
      connected.set(profile, connecting);
      // A stage that is tried again connects again.
      connecting.catch(() => connected.delete(profile));
      return connecting;
    },
    opened: () => connected.values(),
  };
}

/** The hosts of a run: each is opened once and stays open between stages, since opening one may take long. */
function sharedHosts(environment: ServiceSurroundings): {
  readonly open: Services["openHost"];
  opened(): Iterable<Promise<Host>>;
} {
  const opened = new Map<string, Promise<Host>>();
  const shared = (source: SourceSpec): Promise<Host> => {
    const key = JSON.stringify(source);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const opening = environment.openHost(source);
    opened.set(key, opening);
    // A stage that is tried again opens it again.
    opening.catch(() => opened.delete(key));
    return opening;
  };
  return {
    async open(source) {
      const host = await shared(source);
      return {
        title: host.title,
        name: host.name,
        disks: (signal) => host.disks(signal),
        openDisk: (name, signal) => host.openDisk(name, signal),
        ...(host.live === undefined ? {} : { live: host.live }),
        close: async () => undefined,
      };
    },
    opened: () => opened.values(),
  };
}
