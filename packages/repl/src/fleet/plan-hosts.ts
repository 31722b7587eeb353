import type { FleetHost, FleetMigration } from "@sampan/fleet";
import { type Plan, sourceTitle } from "@sampan/sdk";

/** The site of hosts that are near to no data centre more than to another: any worker takes them. */
export const anySite = "any";

/** The hosts of plans that stand in no inventory: all of one wave, named after their sources. */
export function planHosts(plans: readonly Plan[], site: string): readonly FleetMigration[] {
  const taken = new Set<string>();
  return plans.map((plan) => {
    const name = freeName(nameOf(plan), taken);
    taken.add(name);
    return { host: hostOf(name, plan, site), plan };
  });
}

function hostOf(name: string, plan: Plan, site: string): FleetHost {
  const step = <Verb extends Plan["steps"][number]["verb"]>(verb: Verb) =>
    plan.steps.find((one): one is Extract<Plan["steps"][number], { verb: Verb }> => one.verb === verb);
  const upload = step("upload")?.options;
  return {
    name,
    source: sourceTitle(plan.source),
    site,
    disks: [],
    bucket: upload?.bucket ?? "",
    region: step("import")?.options.region ?? upload?.region ?? "",
    targets: step("copyTo")?.options.regions ?? [],
    wave: "1",
    owner: null,
    after: [],
    sizeBytes: null,
    usedBytes: null,
    more: {},
  };
}

function nameOf(plan: Plan): string {
  const named = plan.steps.find((step) => step.verb === "import");
  const name = named?.verb === "import" ? named.options.name : undefined;
  return name ?? sourceTitle(plan.source);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}
