import { armFamilies, regionsAsOf } from "@sampan/sdk/catalogue";
import type { PlacedText } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import {
  type ChainFacts,
  optionOf,
  type Rule,
  type RuleFinding,
  type RuleInput,
  rewrite,
  stepsOf,
  textOption,
} from "./rule.ts";

const chain = (type: string) =>
  `${uploaded}\n  .import({ architecture: "arm64", bootMode: "UEFI" })\n  .launch({ instanceTypes: ["${type}"] })`;

/** SMP121 */
export const machine: Rule = {
  code: "SMP121",
  title: "Boot mode, architecture and instance type do not go together",
  tier: "catalogue",
  level: "warning",
  why: `ARM boots by UEFI only, and an instance type of the other architecture never boots the image. Which families are of ARM is known as of ${regionsAsOf}; a family that is not known is taken to fit.`,
  mend: "Name a type of the image's architecture, or leave `bootMode` and `architecture` to the assessment.",
  bad: plan(chain("ecs.g7.large")),
  good: plan(chain("ecs.g8y.large")),
  *check(input) {
    for (const chain of input.chains) yield* judge(input, chain);
  },
};

/** Families known to be of x86: those of the same generations. */
const x86Family = /^(?:[cgru](?:[5-8][a-z]{0,2}|\d[ia]))$/;

function* judge(input: RuleInput, chain: ChainFacts): Generator<RuleFinding> {
  const host = lastRunOf(input, chain)?.host;
  const [imported] = stepsOf(chain, "import");
  const said = imported && textOption(imported, "architecture");
  const boot = imported && textOption(imported, "bootMode");
  const isOpen =
    imported !== undefined && said === undefined && optionOf(imported, "architecture") !== undefined;
  const architecture = said?.value ?? (isOpen ? undefined : host?.architecture);
  if (boot?.value === "BIOS" && architecture === "arm64") {
    yield {
      message: sentence("SMP121.arm-bios"),
      range: boot.range,
      level: "error",
      fixes: rewrite(input, boot, "UEFI", sentence("fix.change", { to: '"UEFI"' }), true),
    };
  } else if (boot && host?.bootMode && boot.value !== host.bootMode) {
    yield {
      message: sentence("SMP121.boot", { host: host.bootMode, said: boot.value }),
      range: boot.range,
      fixes: rewrite(
        input,
        boot,
        host.bootMode,
        sentence("fix.change", { to: JSON.stringify(host.bootMode) }),
        false,
      ),
    };
  }
  if (said && host?.architecture && said.value !== host.architecture) {
    yield {
      message: sentence("SMP121.architecture", { host: host.architecture, said: said.value }),
      range: said.range,
      fixes: rewrite(
        input,
        said,
        host.architecture,
        sentence("fix.change", { to: JSON.stringify(host.architecture) }),
        false,
      ),
    };
  }
  for (const step of stepsOf(chain, "launch")) {
    const types = optionOf(step, "instanceTypes");
    if (types?.kind !== "list" || architecture === undefined) continue;
    for (const type of types.items.filter((one): one is PlacedText => one.kind === "text")) {
      const family = /^ecs\.([a-z0-9]+)/.exec(type.value)?.[1] ?? "";
      const isArm = armFamilies.includes(family);
      if (isArm === (architecture === "arm64") || (!isArm && !x86Family.test(family))) continue;
      yield {
        message: sentence("SMP121.type", {
          type: type.value,
          family: isArm ? "ARM" : "x86",
          architecture,
        }),
        range: type.range,
        related: said ? [{ message: sentence("SMP121.of-image"), range: said.range }] : [],
      };
    }
  }
}
