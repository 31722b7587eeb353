import type { PlacedText } from "../placed-value.ts";
import { file } from "./example.ts";
import { type ChainFacts, type Rule, shown, stepsOf, textOption } from "./rule.ts";

const two = (second: string) =>
  file(
    "const move = (host: string, name: string) =>\n  Migration.from(`ssh://root@$" +
      '{host}`).assess().capture().toVhd().upload("web-images").import({ name });\n\n' +
      `export default [move("web-01", "web-01"), move("web-02", "${second}")];\n`,
  );

/** SMP108 */
export const sameName: Rule = {
  code: "SMP108",
  title: "Two plans make an image of the same name",
  tier: "text",
  level: "warning",
  why: "The name of an image is unique in its region, so the second of the two is refused, after its upload. Only plans that run together are compared: those of one default export, and those of other files that are known.",
  mend: "Give each its own name, or leave `name` out: then it is the host's.",
  bad: two("web-01"),
  good: two("web-02"),
  *check({ chains, options }) {
    const seen = new Map<string, PlacedText>();
    for (const chain of chains.filter((one) => one.chain.exported)) {
      const name = imageName(chain);
      if (name === undefined) continue;
      const key = `${chain.imageRegion?.value.value ?? ""} ${name.value}`;
      const first = seen.get(key);
      const elsewhere = options.otherPlans?.[name.value];
      if (first) {
        yield {
          message: `Another plan of this file makes an image ${shown(name.value)} too: the second is refused after its upload.`,
          range: name.range,
          related: [{ message: "the other one", range: first.range }],
        };
      } else if (first === undefined && elsewhere !== undefined) {
        yield {
          message: `A plan in ${elsewhere} makes an image ${shown(name.value)} too: the second that runs is refused after its upload.`,
          range: name.range,
        };
      }
      if (first === undefined) seen.set(key, name);
    }
  },
};

function imageName(chain: ChainFacts): PlacedText | undefined {
  const [step] = stepsOf(chain, "import", "createImage");
  return step && textOption(step, "name");
}
