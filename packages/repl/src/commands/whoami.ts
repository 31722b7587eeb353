import { type Identity, type IdentityPart, whoAmI } from "@sampan/sdk";
import type { CommandFunction } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { say, translated } from "../language/speech.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan whoami`: whose credentials a run would use, and where they were found. */
export const run: CommandFunction = async (call) => {
  const { env, output } = call;
  const { home, cloud } = surroundingsOf(call);
  const identity = await whoAmI(cloud, { home, env, alias: true });
  if (output.asJson) {
    output.json(identity);
    return 0;
  }
  for (const line of identityLines(identity)) output.data(line);
  for (const warning of identity.warnings)
    output.talk(say("ask.warning", { warning: oneLine(translated(warning)) }));
  return 0;
};

/** An identity for people: a line for each part, and one for each place that was passed over. Safe for a terminal. */
export function identityLines({
  cloud,
  rehearsal,
  caller,
  accountAlias,
  parts,
  expiresAt,
  source,
  passedOver,
}: Identity): string[] {
  const rows: (readonly [string, string])[] = [
    ["cloud", rehearsal ? "simulator (rehearsal)" : cloud],
    ["account", caller.accountId],
    ...(accountAlias == null ? [] : [["alias", accountAlias] as const]),
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
  const lines = pairLines(rows.map(([name, value]) => [name, oneLine(value)])).split("\n");
  if (passedOver.length === 0) return lines;
  return [
    ...lines,
    "",
    translated("not taken:"),
    ...passedOver.map(
      ({ source: place, reason }) => `  ${oneLine(translated(place))}: ${oneLine(translated(reason))}`,
    ),
  ];
}

function partLine(part: IdentityPart | null): string {
  if (part === null) return "none";
  const source = translated(part.source);
  return part.value === null
    ? say("part.hidden", { source })
    : say("part.from", { value: part.value, source });
}
