import { entryOf } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import { all, plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import { optionOf, type Rule, stepsOf, textOption } from "./rule.ts";

const imported = (name: string) => `${uploaded}\n  .import({ name: "${name}", region: "cn-hangzhou" })`;
const account = { images: all({ name: "web-01", region: "cn-hangzhou", id: "m-bp1example" }) };

/** SMP107 */
export const takenName: Rule = {
  code: "SMP107",
  title: "An image or object of that name exists already",
  tier: "account",
  level: "warning",
  why: "The name of an image is unique in its region: the import would be refused at its very end, after the upload. An object that another run made is not replaced unless `overwrite` says so. What this plan's own earlier run made is taken over and is no problem.",
  mend: "Take another name, delete the old one, or set `overwrite: true` for an object.",
  bad: plan(imported("web-01"), { account }),
  good: plan(imported("web-01-new"), { account }),
  *check(input) {
    const images = freshItems(input, input.options.account?.images);
    const objects = freshItems(input, input.options.account?.objects);
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "import", "createImage")) {
        const name = textOption(step, "name");
        const region = chain.imageRegion?.value.value;
        const taken = images?.find((one) => one.name === name?.value && one.region === region && !one.ownRun);
        if (name && taken) {
          yield {
            message: sentence("SMP107.image", { region: taken.region, name: taken.name, id: taken.id }),
            range: name.range,
          };
        }
      }
      for (const step of stepsOf(chain, "upload")) {
        const key = textOption(step, "key");
        const bucket = textOption(step, "bucket")?.value;
        const taken = objects?.find(
          (one) => one.bucket === bucket && one.key === key?.value && one.ownRun !== true,
        );
        const overwrite = optionOf(step, "overwrite");
        if (key === undefined || taken === undefined || !step.options.complete) continue;
        if (overwrite !== undefined && !(overwrite.kind === "scalar" && overwrite.value !== true)) continue;
        const keyRange = entryOf(step.options, "key")?.keyRange;
        yield {
          message: sentence("SMP107.object", { bucket: taken.bucket, key: taken.key }),
          range: key.range,
          fixes:
            overwrite === undefined && keyRange
              ? [
                  {
                    title: sentence("SMP107.replace"),
                    safe: false,
                    edits: [
                      { range: { start: keyRange.start, end: keyRange.start }, newText: "overwrite: true, " },
                    ],
                  },
                ]
              : [],
        };
      }
    }
  },
};
