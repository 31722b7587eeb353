import { fieldsOf, jsonOf, keyOf, textIn } from "../key-answer.ts";
import type { CredentialSource } from "../refreshing.ts";
import { splitCommand } from "../run-program.ts";
import { mayReachOut, type Profile, type ProfileContext, required, shown, unfit } from "./profile-context.ts";

const names = {
  id: "access_key_id",
  secret: "access_key_secret",
  token: "sts_token",
  expiration: "expiration",
};

/** Keys that a program prints as JSON (`mode`, `access_key_id`, `access_key_secret`, `sts_token`, `expiration`). */
export function externalSource(profile: Profile, context: ProfileContext): CredentialSource {
  if (!mayReachOut(context)) {
    throw unfit(
      profile,
      "it may start no program here: the folder is not trusted, or ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS is set",
    );
  }
  const argv = splitCommand(required(profile, "process_command"));
  if (argv === undefined) throw unfit(profile, "process_command is no command line");
  const doing = `reading what the program of the profile ${shown(profile.name)} printed`;
  return {
    description: `a program, by the profile ${shown(profile.name)}`,
    async fetch(signal) {
      const answer = fieldsOf(jsonOf(await context.ports.runProgram(argv, signal)));
      if (textIn(answer, "mode")?.toLowerCase() === "ststoken" && textIn(answer, "sts_token") === undefined) {
        throw unfit(profile, "its program printed no sts_token");
      }
      return keyOf(answer, names, doing);
    },
  };
}
