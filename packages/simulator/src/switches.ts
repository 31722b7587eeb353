import { SampanError } from "@sampan/core";
import { defaultSwitches, type SimulatorSwitches } from "./options.ts";

/** What a switch can be set to, where that is a short list; the others take what their default looks like. */
export const switchChoices: Partial<Readonly<Record<keyof SimulatorSwitches, readonly (string | number)[]>>> =
  {
    importRole: ["missing", "ready"],
    missingRoleCode: ["NoSetRoletoECSServiceAcount", "NoSetRoletoECSServiceAccount"],
    importDryRunCode: ["DRYRUN.SUCCESS", "DryRun.Success", "DryRunOperation"],
    crcOfCopies: ["absent", "present"],
    multipartEtag: ["dashed", "plain"],
    putOwnBucket: ["succeeds", "conflicts"],
    copyVhd: ["allowed", "refused"],
    unknownKeyStatus: [404, 400],
    taskAction: ["ImportImage", "IMPORT_IMAGE"],
    cancelledTask: ["Failed", "Finished"],
    systemImages: ["when-asked", "listed"],
    deleteUnknownImage: ["ignored", "refused"],
    roleArn: ["as-created", "lower-case"],
    passRole: ["unchecked", "checked"],
    accountAssumesRoles: ["allowed", "refused"],
    unknownParameters: ["refused", "ignored"],
  };

/**
 * Reads switches from texts such as `crcOfCopies=present`, `newAccount=true` or `importSuffixes=.vhd,.raw`.
 *
 * `CORE_ARGUMENT` naming the switch and what it takes when a name or a value is not one of the simulator's; the last
 * text about a switch wins.
 */
export function readSwitches(texts: readonly string[]): Partial<SimulatorSwitches> {
  return Object.fromEntries(texts.map(readSwitch));
}

function readSwitch(text: string): readonly [string, unknown] {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? "" : text.slice(equals + 1);
  if (!Object.hasOwn(defaultSwitches, name)) {
    throw refused(`${name} is no switch of the simulator: it has ${Object.keys(defaultSwitches).join(", ")}`);
  }
  const key = name as keyof SimulatorSwitches;
  const allowed = switchChoices[key];
  if (allowed) {
    const chosen = allowed.find((choice) => String(choice) === value);
    if (chosen === undefined)
      throw refused(`the switch ${name} takes ${allowed.join(" or ")}, not "${value}"`);
    return [name, chosen];
  }
  const usual: unknown = defaultSwitches[key];
  if (typeof usual === "boolean") {
    if (value !== "true" && value !== "false")
      throw refused(`the switch ${name} takes true or false, not "${value}"`);
    return [name, value === "true"];
  }
  if (typeof usual === "string" && value !== "") return [name, value];
  if (Array.isArray(usual) && value !== "") return [name, value.split(",")];
  throw refused(`the switch ${name} cannot be set to "${value}" by a text`);
}

function refused(problem: string): SampanError {
  return new SampanError("CORE_ARGUMENT", problem);
}
