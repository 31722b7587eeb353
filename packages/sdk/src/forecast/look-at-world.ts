import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@sampan/core";
import type { Host } from "@sampan/host";
import { type CloudChoice, cloudKey, isBuiltIn } from "../cloud/choose-cloud.ts";
import { connectCloud } from "../cloud/connect-cloud.ts";
import { whoAmI } from "../cloud/who-am-i.ts";
import type { Plan } from "../plan/plan.ts";
import type { SourceSpec } from "../plan/sources.ts";
import { openHost } from "../run/open-host.ts";
import { lookAtCloud } from "./look-at-cloud.ts";
import { lookAtSource } from "./look-at-source.ts";
import { stagePermissions } from "./permissions.ts";
import { stagesOf } from "./plan-places.ts";
import type { SeenSource, World } from "./world.ts";

/** Options of {@link lookAtWorld}. */
export interface LookOptions {
  /** Folder of the journals, beside which the built-in simulator keeps its state. */
  readonly home: string;
  readonly cloud: CloudChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What opens the source. Default: {@link openHost}. */
  readonly openHost?: (source: SourceSpec) => Promise<Host>;
  readonly clock?: Pick<Clock, "now">;
  readonly signal?: AbortSignal;
}

/**
 * Looks at everything a plan touches: its source, whose used extents are measured, and its cloud. Changes nothing anywhere.
 *
 * A rehearsal that never was has no cloud yet: it is looked at in a folder that is gone afterwards.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING`, `CLOUD_CREDENTIALS_REFUSED`, `CLOUD_UNREACHABLE` and the like; never for what it sees.
 */
export async function lookAtWorld(plan: Plan, options: LookOptions): Promise<World> {
  const signal = options.signal ?? new AbortController().signal;
  const clock = options.clock ?? systemClock;
  const source =
    plan.source.kind === "ecs"
      ? null
      : await lookAtSource(plan, options.openHost ?? ((spec) => openHost(spec)), signal);
  const about = {
    lookedAt: new Date(clock.now()).toISOString(),
    cloud: cloudKey(options.cloud),
    rehearsal: options.cloud.kind === "simulator",
    builtIn: isBuiltIn(options.cloud),
  };
  if (!callsCloud(plan)) {
    return {
      ...about,
      account: null,
      source: source ?? noSource,
      ...{ unknownRegions: [], bucket: null, objects: [], importRole: null, images: [] },
      ...{ importRefusal: null, unseen: [] },
    };
  }
  return withHome(options, async (home) => {
    const cloud = await connectCloud(options.cloud, home, { env: options.env });
    try {
      const { caller } = await whoAmI(options.cloud, { home, env: options.env, signal });
      const { instance, ...seen } = await lookAtCloud(plan, cloud, source, signal);
      return {
        ...about,
        account: { accountId: caller.accountId, arn: caller.arn },
        source: source ?? instance ?? noSource,
        ...seen,
      };
    } finally {
      await cloud.close();
    }
  });
}

const noSource: SeenSource = {
  state: "unseen",
  code: "CLOUD_PERMISSION_DENIED",
  reason: "this key may not look at it",
};

/** Whether any stage of a plan calls a cloud. */
export function callsCloud(plan: Plan): boolean {
  if (plan.source.kind === "ecs") return true;
  return stagesOf(plan).some((stage) => {
    const [name = ""] = stage.split(":");
    return name !== "select" && name !== "assess" && Object.hasOwn(stagePermissions, name);
  });
}

async function withHome<T>({ cloud, home }: LookOptions, work: (home: string) => Promise<T>): Promise<T> {
  if (!isBuiltIn(cloud) || existsSync(join(home, "simulator"))) return work(home);
  const folder = await mkdtemp(join(tmpdir(), "sampan-plan-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
