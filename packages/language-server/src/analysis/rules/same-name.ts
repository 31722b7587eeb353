import { madeThings } from "../made-things.ts";
import type { PlacedText } from "../placed-value.ts";
import type { MadeThing } from "../plan-analysis.ts";
import { file } from "./example.ts";
import {
  type ChainFacts,
  type Rule,
  type RuleFinding,
  type RuleInput,
  shown,
  stepsOf,
  textOption,
} from "./rule.ts";

const two = (second: string) =>
  file(
    "const move = (host: string, name: string) =>\n  Migration.from(`ssh://root@$" +
      '{host}`).assess().capture().toVhd().upload("web-images").import({ name });\n\n' +
      `export default [move("web-01", "web-01"), move("web-02", "${second}")];\n`,
  );

/** SMP108 */
export const sameName: Rule = {
  code: "SMP108",
  title: "Two plans make an image of the same name, or write the same object",
  tier: "text",
  level: "warning",
  why: "The name of an image is unique in its region, so the second of the two is refused, after its upload; an object has one content. Plans of one default export are compared, and those of all files that are checked together: of the workspace in an editor, of one call of `sampan check`.",
  mend: "Give each its own name, or leave `name` and `key` out: then they are the host's.",
  bad: two("web-01"),
  good: two("web-02"),
  *check(input) {
    yield* inOneFile(input);
    yield* inOtherFiles(input);
  },
};

function* inOneFile({ chains }: RuleInput): Generator<RuleFinding> {
  const seen = new Map<string, PlacedText>();
  for (const chain of chains.filter((one) => one.chain.exported)) {
    const name = imageName(chain);
    if (name === undefined) continue;
    const key = `${chain.imageRegion?.value.value ?? ""} ${name.value}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, name);
      continue;
    }
    yield {
      message: `Another plan of this file makes an image ${shown(name.value)} too: the second is refused after its upload.`,
      range: name.range,
      related: [{ message: "the other one", range: first.range }],
    };
  }
  const objects = new Map<string, MadeThing>();
  for (const thing of madeThings(chains.filter((one) => one.chain.exported))) {
    if (thing.kind !== "object") continue;
    const first = objects.get(thing.key);
    if (first === undefined) objects.set(thing.key, thing);
    else {
      yield {
        message: `Another plan of this file writes the object ${shown(thing.name)} too: the second is refused, or replaces the first.`,
        range: thing.range,
        related: [{ message: "the other one", range: first.range }],
      };
    }
  }
}

/** In each of two files, so that it is seen from either. */
function* inOtherFiles({ chains, options }: RuleInput): Generator<RuleFinding> {
  const { elsewhere = {} } = options;
  const told = new Set<string>();
  for (const { key, kind, name, range } of madeThings(chains)) {
    const others = Object.hasOwn(elsewhere, key) ? (elsewhere[key] ?? []) : [];
    const [first] = others;
    if (first === undefined || told.has(key)) continue;
    told.add(key);
    const where = others.length === 1 ? first.title : `${first.title} and ${others.length - 1} more files`;
    yield {
      message:
        kind === "image"
          ? `A plan in ${where} makes an image ${shown(name)} too: the second that runs is refused after its upload.`
          : `A plan in ${where} writes the object ${shown(name)} too: the second that runs is refused, or replaces the first.`,
      range,
      elsewhere: others,
    };
  }
}

function imageName(chain: ChainFacts): PlacedText | undefined {
  const [step] = stepsOf(chain, "import", "createImage");
  return step && textOption(step, "name");
}
