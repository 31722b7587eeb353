import { lines, sentence } from "../sentences/sentence.ts";
import { all, plan } from "./example.ts";
import { freshItems } from "./fresh.ts";
import {
  type ChainFacts,
  type Rule,
  type RuleFinding,
  type RuleInput,
  rewrite,
  stepsOf,
  textOption,
} from "./rule.ts";

const before =
  'Migration.from("./web-01.vmdk")\n  .assess()\n  .capture()\n  .toVhd()\n  .upload("web-images")\n  ';
const account = { buckets: all({ name: "web-images", region: "cn-shanghai" }) };

/** SMP104 */
export const bucketRegion: Rule = {
  code: "SMP104",
  title: "The bucket lies in another region than the image",
  tier: "account",
  level: "error",
  why: "ImportImage reads a bucket of its own region only (`InvalidOSSBucket.NotMatched`). That two regions in one plan differ is told without an account; where a bucket lies, the account tells.",
  mend: "Import in the bucket's region and `copyTo` the other, or upload to a bucket there.",
  bad: plan(`${before}.import({ region: "cn-hangzhou" })`, { account }),
  good: plan(`${before}.import({ region: "cn-shanghai" })`, { account }),
  *check(input) {
    for (const chain of input.chains) yield* judge(input, chain);
  },
};

function* judge(input: RuleInput, chain: ChainFacts): Generator<RuleFinding> {
  const [upload] = stepsOf(chain, "upload");
  const [imported] = stepsOf(chain, "import");
  if (upload === undefined) return;
  const bucket = textOption(upload, "bucket");
  const said = textOption(upload, "region");
  const wanted = imported && textOption(imported, "region");
  const real = freshItems(input, input.options.account?.buckets)?.find(({ name }) => name === bucket?.value);
  if (said && real && said.value !== real.region) {
    yield {
      message: sentence("SMP104.lies", { bucket: real.name, real: real.region, said: said.value }),
      range: said.range,
      fixes: rewrite(input, said, real.region, sentence("fix.change", { to: real.region }), false),
    };
  }
  const lies = real?.region ?? said?.value;
  if (wanted === undefined || lies === undefined || wanted.value === lies) return;
  const place = said ?? bucket;
  yield {
    message: lines(
      sentence("SMP104.differ", { wanted: wanted.value, lies }),
      sentence("SMP104.ways", { lies, wanted: wanted.value }),
    ),
    range: wanted.range,
    related: place ? [{ message: sentence("SMP104.bucket", { region: lies }), range: place.range }] : [],
    fixes: rewrite(input, wanted, lies, sentence("SMP104.import-there", { region: lies }), false),
  };
}
