import { armFamilies, regionsAsOf } from "@sampan/sdk/catalogue";
import type { PlacedText } from "../placed-value.ts";
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
      message: "ARM images boot by UEFI only: ECS refuses BIOS (InvalidBootMode.NotSupport).",
      range: boot.range,
      level: "error",
      fixes: rewrite(input, boot, "UEFI", 'Change to "UEFI"', true),
    };
  } else if (boot && host?.bootMode && boot.value !== host.bootMode) {
    yield {
      message: `The host boots by ${host.bootMode}, as its last run found: an image that is started by ${boot.value} stays dark.`,
      range: boot.range,
      fixes: rewrite(input, boot, host.bootMode, `Change to ${JSON.stringify(host.bootMode)}`, false),
    };
  }
  if (said && host?.architecture && said.value !== host.architecture) {
    yield {
      message: `The host is of ${host.architecture}, as its last run found, and the image is said to be of ${said.value}.`,
      range: said.range,
      fixes: rewrite(input, said, host.architecture, `Change to ${JSON.stringify(host.architecture)}`, false),
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
        message: `${type.value} is of ${isArm ? "ARM" : "x86"}, and the image of ${architecture}: it would never boot there.`,
        range: type.range,
        related: said ? [{ message: "the image's architecture", range: said.range }] : [],
      };
    }
  }
}
