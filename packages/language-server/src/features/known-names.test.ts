import { expect, it } from "vitest";
import { parseNamesFile } from "../server/names-files.ts";
import { markedPlan } from "../testing/marked-plan.ts";
import { factsToJudgeBy, namesToOffer, regionOfBucket } from "./known-names.ts";

/** The file of an account as the `sampan` command writes it. */
function account(choices: readonly string[], bucket: string, askedAt: string) {
  const file = {
    v: 1,
    cloud: choices[0]?.startsWith("simulator") ? "simulator" : "alibaba",
    account: "1234567890123456",
    choices,
    askedAt,
    regions: ["cn-hangzhou"],
    askedRegions: ["cn-hangzhou"],
    buckets: [{ name: bucket, region: "cn-hangzhou", storageClass: "Standard" }],
    zones: [{ zone: "cn-hangzhou-i", region: "cn-hangzhou", instanceTypes: ["ecs.g7.large"] }],
    images: [{ imageId: "m-bp1gbwvlscskabcdefgh", region: "cn-hangzhou", name: "web" }],
    vSwitches: [],
    securityGroups: [],
    missing: [],
  };
  const names = parseNamesFile(JSON.stringify(file));
  if (names === undefined) throw new Error("not read");
  return names;
}

const own = account(["alibaba"], "own-bucket", "2026-11-26T09:00:00.000Z");
const receiver = account(["alibaba profile receiver"], "receiver-bucket", "2026-11-26T10:00:00.000Z");
const rehearsal = account(["simulator built in /home/me"], "rehearsal-bucket", "2026-11-26T11:00:00.000Z");
const all = [own, receiver, rehearsal];

const contextsOf = (plan: string) => markedPlan(plan).document.analysis.chains.map(({ context }) => context);
const offered = (plan: string, accounts = all) =>
  namesToOffer(accounts, contextsOf(plan)[0]).facts.buckets?.items.map(({ name }) => name);
const judged = (plan: string) =>
  factsToJudgeBy(all, contextsOf(plan))?.buckets?.items.map(({ name }) => name);

const plan = (context: string) => `export default Migration.with(${context}).from("a").assess();`;

it("offers the names of the account a plan says, of the real one where it says none", () => {
  expect(offered(plan('{ cloud: "alibaba", profile: "receiver" }'))).toEqual(["receiver-bucket"]);
  expect(offered(plan("{}"))).toEqual(["own-bucket"]);
  expect(offered(plan('{ cloud: "simulator" }'))).toEqual(["rehearsal-bucket"]);
  expect(offered(plan("{}"), [rehearsal])).toEqual(["rehearsal-bucket"]);
  expect(offered(plan('{ cloud: "alibaba" }'), [rehearsal])).toBeUndefined();
  expect(namesToOffer(all, undefined).profiles).toEqual(["receiver"]);
  expect(regionOfBucket(namesToOffer(all, undefined), "own-bucket")).toBe("cn-hangzhou");
});

it("judges a plan by an account only when the plan itself says which", () => {
  expect(judged(plan('{ cloud: "alibaba" }'))).toEqual(["own-bucket"]);
  expect(judged(plan('{ cloud: "alibaba", profile: "receiver" }'))).toEqual(["receiver-bucket"]);
  expect(judged(plan('{ cloud: "alibaba", profile: "unknown" }'))).toBeUndefined();
  // Where nothing is said, the configuration or the environment decides, which an editor does not read.
  expect(judged(plan("{}"))).toBeUndefined();
  expect(judged('export default Migration.from("a").assess();')).toBeUndefined();
});

it.each([
  ["no JSON", "{"],
  ["another version", '{"v":2}'],
  ["a list", "[]"],
  ["names with control characters", JSON.stringify({ v: 1, buckets: [{ name: "\u001b[2J" }] })],
])("takes a file of %s for none", (_what, text) => {
  expect(parseNamesFile(text)).toBeUndefined();
});
