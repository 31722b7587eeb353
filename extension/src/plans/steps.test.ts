import type { RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { emptyRunView, foldEvent } from "../runs/run-view.ts";
import { outlinePlan } from "./outline.ts";
import { stepOfStage, stepStates } from "./steps.ts";

const steps =
  outlinePlan(
    'Migration.from("a.vmdk").assess().capture().toVhd().upload("b").import().copyTo("cn-shanghai").copyTo("cn-beijing", "eu-central-1")',
  )[0]?.steps ?? [];

function viewAfter(bodies: readonly RunEventBody[]) {
  return bodies.reduce(
    (view, body, index) =>
      foldEvent(view, { v: 1, runId: "r", seq: index + 1, at: "2026-11-26T10:00:00.000Z", ...body } as never),
    emptyRunView,
  );
}
const begin = (stage: string): RunEventBody => ({ type: "stage.started", stage, summary: "", attempt: 1 });
const finish = (stage: string): RunEventBody => ({ type: "stage.finished", stage, output: {}, tookMs: 40 });

describe("the steps of a plan in a run", () => {
  it("are found from the stages, the region telling several copies apart", () => {
    const verbs = ["select", "check", "convert", "copy:cn-shanghai", "copy:eu-central-1"].map(
      (key) => steps[stepOfStage(steps, key)]?.verb,
    );
    expect(verbs).toEqual(["assess", "upload", "toVhd", "copyTo", "copyTo"]);
    expect(stepOfStage(steps, "copy:eu-central-1")).toBe(6);
    expect(stepOfStage(steps, "prepare")).toBe(-1);
  });

  it("pass when all their stages have, and say how long those took together", () => {
    const after = stepStates(
      viewAfter([begin("select"), finish("select"), begin("assess"), finish("assess")]),
      steps,
    );
    expect(after[0]).toMatchObject({ state: "passed", tookMs: 80 });
    const copies = ["copy:cn-beijing", "copy:eu-central-1"];
    const half = stepStates(viewAfter([...copies.map(begin), finish("copy:cn-beijing")]), steps);
    expect(half[6]?.state).toBe("running");
    const whole = stepStates(viewAfter([...copies.map(begin), ...copies.map(finish)]), steps);
    expect(whole[6]?.state).toBe("passed");
  });

  it("do not count as begun by the check that goes before all of them", () => {
    expect(stepStates(viewAfter([begin("check"), finish("check")]), steps)[3]?.state).toBe("waiting");
  });
});
