import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { chooseCloud, createEmbeddedRunner, type Plan, sampanHome } from "@sampan/sdk";
import { type CommandFunction, optionText } from "../command-call.ts";
import { demoDiskName, unpackDemoDisk } from "../demo/demo-disk.ts";
import { demoPlan } from "../demo/demo-plan.ts";
import { followRun } from "../run/follow-run.ts";
import { demoHome } from "../run/home-folders.ts";
import { lookingRunner } from "../run/homes.ts";
import { exitCodeOf } from "./run.ts";

/** `sampan demo`: rehearses the first example's plan with a fresh home. */
export const run: CommandFunction = async (call) => {
  const { env, output } = call;
  const outer = sampanHome({ env, baseFolder: call.cwd });
  const home = demoHome(outer);
  await startAnew(home);
  const given = optionText(call.options, "disk");
  const disk = given === undefined ? join(outer, "demo", demoDiskName) : resolve(call.cwd, given);
  if (given === undefined) await unpackDemoDisk(disk);
  const plan = planFor(disk, given !== undefined);
  if (!output.asJson) {
    output.talk(
      "This is the plan in examples/first-migration.migration.ts; no account is needed and none is touched.\n",
    );
  }
  const runner = createEmbeddedRunner({ home, cloud: chooseCloud({ flag: "simulator", env }) });
  return exitCodeOf([await followRun(call, home, () => runner.start(plan))]);
};

/** The demo's plan over a disk. A disk of the user's own gives its image its own name. */
function planFor(disk: string, own: boolean): Plan {
  const plan = demoPlan().plan();
  return {
    ...plan,
    source: { kind: "image-file", path: disk },
    steps: plan.steps.map((step) => {
      if (step.verb !== "import" || !own) return step;
      const { name: _name, ...options } = step.options;
      return { ...step, options };
    }),
  };
}

/** Removes what an earlier demo left; refuses while that one is still going on. */
async function startAnew(home: string): Promise<void> {
  const running = (await lookingRunner(home).list()).find((status) => status.state === "running");
  if (running) {
    throw new SampanError(
      "RUN_LOCKED",
      `starting the demo anew while run ${running.runId} of it is going on`,
      {
        hint: `Wait for it, follow it with \`sampan attach ${running.runId}\`, or stop it with \`sampan cancel ${running.runId}\`.`,
      },
    );
  }
  await rm(home, { recursive: true, force: true });
}
