import { type CachedNames, cachedNames, refreshNames } from "@sampan/sdk";
import { type CommandFunction, optionList, optionSet } from "../command-call.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { count, formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan names`: the names of an account that completion offers; with `--refresh` as the cloud gives them now. */
export const run: CommandFunction = async (call) => {
  const { options, env, output } = call;
  const { home, cloud: choice } = surroundingsOf(call);
  const question = { choice, home, env };
  const found = optionSet(options, "refresh")
    ? await refreshNames({ ...question, regions: optionList(options, "region") })
    : cachedNames(question);
  if (output.asJson) {
    output.json(
      found === undefined ? null : { ...found.names, ageMs: Math.round(found.ageMs), path: found.path },
    );
    return 0;
  }
  if (found === undefined) {
    output.talk("no names of this account are kept; `sampan names --refresh` asks the cloud for them");
    return 0;
  }
  for (const line of linesOf(found)) output.data(line);
  for (const { what, region, code } of found.names.missing) {
    output.talk(`warning: ${what}${region === null ? "" : ` of ${region}`} could not be asked for: ${code}`);
  }
  return 0;
};

function linesOf({ names, ageMs, path }: CachedNames): readonly string[] {
  const types = new Set(names.zones.flatMap(({ instanceTypes }) => instanceTypes));
  const rows: readonly (readonly [string, string])[] = [
    ["cloud", names.cloud === "simulator" ? "simulator (rehearsal)" : names.cloud],
    ["account", names.account],
    ["asked", `${names.askedAt}, ${formatDuration(ageMs)} ago`],
    ["regions", `${names.regions.length}, looked into ${names.askedRegions.join(", ") || "none"}`],
    ["buckets", names.buckets.map(({ name, region }) => `${name} (${region})`).join(", ") || "none"],
    ["zones", `${names.zones.length}, with ${count(types.size, "instance type")}`],
    ["images", String(names.images.length)],
    [
      "networks",
      `${count(names.vSwitches.length, "vSwitch", "vSwitches")}, ${count(names.securityGroups.length, "security group")}`,
    ],
    ["kept in", path],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`);
}
