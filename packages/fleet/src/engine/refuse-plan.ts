import { SampanError } from "@sampan/core";
import { type CloudChoice, type Plan, sourceTitle } from "@sampan/sdk";
import { isBuiltIn } from "@sampan/sdk/engine";
import { askedSecret } from "../asked-secret.ts";
import type { FleetStartOptions } from "./fleet-runner.ts";

/** Refuses what cannot be done by workers on other machines, each by name. */
export function refuseUnfit(plan: Plan, start: FleetStartOptions, cloud: CloudChoice): void {
  const title = sourceTitle(plan.source);
  if (isBuiltIn(cloud)) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `rehearsing ${title} on a fleet: every worker would have a simulator of its own`,
      { hint: "Start one that listens, `sampan simulator`, and name it by SAMPAN_SIMULATOR." },
    );
  }
  if (start.refresh || start.imageName !== undefined) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `refreshing ${title} on a fleet: only \`sampan run --refresh\` does that`,
      {
        hint: "Run it on a machine near the host, in the home that has its earlier run.",
      },
    );
  }
  if (plan.source.kind === "local") {
    throw new SampanError(
      "PLAN_INVALID",
      `migrating ${title} on a fleet: which machine that is depends on the worker`,
      {
        hint: "Name the machine: `ssh://user@host`.",
      },
    );
  }
  const asked = askedSecret(plan);
  if (asked !== undefined) {
    throw new SampanError(
      "PLAN_INVALID",
      `migrating ${title} on a fleet: its ${asked} is to be asked for, and nobody sits at a worker`,
      { hint: 'Say where workers find it: `{ env: "NAME" }` or `{ file: "PATH" }`.' },
    );
  }
}
