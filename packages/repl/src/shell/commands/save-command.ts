import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import { say } from "../../language/speech.ts";
import { loadPlanFile } from "../../plan/load-plan.ts";
import { lookingRunner } from "../../run/homes.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { askYesNo } from "../ask-yes-no.ts";
import { planSource } from "../plan-source.ts";
import type { ShellSession } from "../session.ts";
import { shellHome } from "../shell-home.ts";
import type { ColonCommand } from "./colon-command.ts";

export const saveCommand: ColonCommand = {
  name: "save",
  usage: "FILE.migration.ts [NAME...]",
  summary: "colon.save",
  run: async (session, [file, ...names]) => {
    if (file === undefined) {
      throw new SampanError("COMMAND_USAGE", "saving a plan: no file was named", {
        hint: "Write `:save web-01.migration.ts`.",
      });
    }
    const { call, output } = session;
    const path = resolve(call.cwd, /\.(ts|mts|js|mjs)$/.test(file) ? file : `${file}.migration.ts`);
    const plans = await plansToSave(session, names, dirname(path));
    const { planFingerprint, resolvePlan } = await import("@sampan/sdk");
    if (existsSync(path) && !(await askYesNo(session, say("save.replace", { path: oneLine(path) })))) {
      throw new SampanError("COMMAND_DECLINED", `saving a plan: ${path} is left as it was`, {
        hint: "Give another name.",
      });
    }
    try {
      await writeFile(path, planSource(plans));
    } catch (error) {
      throw new SampanError("COMMAND_WRITE_FAILED", `saving a plan to ${path}`, { cause: error });
    }
    // What was written is loaded as `sampan run` loads it: better now than when it is needed.
    const loaded = await loadPlanFile(path, call.cwd);
    const wanted = plans.map((plan) => planFingerprint(resolvePlan(plan, dirname(path))));
    if (loaded.plans.map(planFingerprint).join() !== wanted.join()) {
      throw new SampanError(
        "CORE_INTERNAL",
        `saving a plan: ${path} does not give the same plan when it is loaded`,
      );
    }
    const shown = oneLine(relative(call.cwd, path));
    const key = plans.length === 1 ? "save.wrote" : "save.wrote-many";
    output.talk(say(key, { plans: plans.length, file: shown }));
  },
};

async function plansToSave(
  session: ShellSession,
  names: readonly string[],
  folder: string,
): Promise<readonly Plan[]> {
  const { call, jobs } = session;
  const { evaluator, isStage } = await session.engine();
  const { resolvePlan } = await import("@sampan/sdk");
  // A relative path in another folder would name another file.
  const there = (plan: Plan): Plan => (folder === call.cwd ? plan : resolvePlan(plan, call.cwd));
  if (names.length > 0) {
    return names.flatMap((name) => {
      const value = evaluator.valueOf(name);
      const stages: readonly unknown[] = Array.isArray(value) ? value : [value];
      return stages.map((stage) => {
        if (isStage(stage)) return there(stage.plan());
        throw new SampanError("COMMAND_USAGE", `saving ${oneLine(name)}: it is no plan`, {
          hint: "Name variables that hold plans, or lists of them.",
        });
      });
    });
  }
  if (session.lastPlan !== null) return [there(session.lastPlan)];
  const job = jobs.all().at(-1);
  if (job !== undefined) return [await lookingRunner(shellHome(call)).plan(job.handle.id)];
  throw new SampanError("COMMAND_USAGE", "saving a plan: none was made in this session", {
    hint: "Make one, beginning with `Migration.from(…)`, or name the variable that holds it.",
  });
}
