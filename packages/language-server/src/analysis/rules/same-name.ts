import { madeThings } from "../made-things.ts";
import type { TextRange } from "../placed-value.ts";
import type { MadeThing } from "../plan-analysis.ts";
import { sentence } from "../sentences/sentence.ts";
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
  const together = chains.filter(({ chain }) => chain.exported);
  const objects = madeThings(together).filter(({ kind }) => kind === "object");
  const seen = new Map<string, TextRange>();
  for (const { key, kind, name, range } of [...together.flatMap(imagesOf), ...objects]) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, range);
    else {
      yield {
        message: sentence(`SMP108.${kind}-here`, { name: shown(name) }),
        range,
        related: [{ message: sentence("the-other-one"), range: first }],
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
    const where = others.length === 1 ? "there" : "in-many";
    yield {
      message: sentence(`SMP108.${kind}-${where}`, { file: first.title, name: shown(name) }),
      range,
      elsewhere: others,
    };
  }
}

/** The image of a plan that runs together with others: in which region it is made need not be known. */
function imagesOf(chain: ChainFacts): readonly MadeThing[] {
  const [step] = stepsOf(chain, "import", "createImage");
  const name = step && textOption(step, "name");
  if (name === undefined) return [];
  const key = JSON.stringify([chain.imageRegion?.value.value, name.value]);
  return [{ kind: "image", key, name: name.value, range: name.range }];
}
