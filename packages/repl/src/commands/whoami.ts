import { resolve } from "node:path";
import { chooseCloud, type Identity, type IdentityPart, sampanHome, whoAmI } from "@sampan/sdk";
import { type CommandFunction, optionText } from "../command-call.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan whoami`: whose credentials a run would use, and where they were found. */
export const run: CommandFunction = async ({ options, env, output, cwd, configured }) => {
  const choice = chooseCloud({
    flag: optionText(options, "cloud"),
    profile: optionText(options, "profile"),
    configured,
    env,
  });
  const named = optionText(options, "home");
  const home = named === undefined ? sampanHome({ env, baseFolder: cwd }) : resolve(cwd, named);
  const identity = await whoAmI(choice, { home, env });
  if (output.asJson) {
    output.json(identity);
    return 0;
  }
  for (const line of linesOf(identity)) output.data(line);
  for (const warning of identity.warnings) output.talk(`warning: ${oneLine(warning)}`);
  return 0;
};

function linesOf({ cloud, rehearsal, caller, parts, expiresAt, source, passedOver }: Identity): string[] {
  const rows: (readonly [string, string])[] = [
    ["cloud", rehearsal ? "simulator (rehearsal)" : cloud],
    ["account", caller.accountId],
    ["arn", caller.arn],
    ["type", caller.type],
    ["source", source],
    ["key id", partLine(parts.accessKeyId)],
    ["secret", partLine(parts.accessKeySecret)],
    ["token", partLine(parts.securityToken)],
    ["region", partLine(parts.region)],
    ["profile", partLine(parts.profile)],
    ["expires", expiresAt ?? "never"],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`);
  if (passedOver.length === 0) return lines;
  return [
    ...lines,
    "",
    "not taken:",
    ...passedOver.map(({ source: place, reason }) => `  ${oneLine(place)}: ${oneLine(reason)}`),
  ];
}

function partLine(part: IdentityPart | null): string {
  if (part === null) return "none";
  return part.value === null ? `hidden, from ${part.source}` : `${part.value}, from ${part.source}`;
}
