import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { type CommandCall, optionSet, optionText } from "../command-call.ts";

/** Which store a command of the fleet is to open. */
export interface StoreWishes {
  readonly url: string;
  readonly prefix?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certificateFile?: string;
    readonly keyFile?: string;
  };
}

/**
 * Which store is meant: `--store` or `--redis`, else `SAMPAN_FLEET_STORE`; `undefined` where none is.
 *
 * @throws `COMMAND_USAGE` when both options are given, and do not say the same.
 */
export function storeWishes(call: CommandCall): StoreWishes | undefined {
  const { options, env, cwd } = call;
  const typed = optionText(options, "store") ?? optionText(options, "redis");
  if (optionText(options, "redis") !== undefined && typed !== optionText(options, "redis")) {
    throw new SampanError("COMMAND_USAGE", "--store and --redis name two stores", {
      hint: "Give one of them.",
    });
  }
  const url = typed ?? env.SAMPAN_FLEET_STORE;
  if (url === undefined || url === "") return undefined;
  const file = (name: string) => {
    const path = optionText(options, name);
    return path === undefined ? undefined : resolve(cwd, path);
  };
  const [caFile, certificateFile, keyFile] = [file("storeCa"), file("storeCert"), file("storeKey")];
  const tls = {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  const prefix = optionText(options, "prefix");
  return {
    url,
    ...(prefix === undefined ? {} : { prefix }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

/** Whether a fleet is migrated by this machine alone: no store is named, or `--embedded` says to do without. */
export function isAlone(call: CommandCall): boolean {
  return optionSet(call.options, "embedded") || storeWishes(call) === undefined;
}

/** As {@link storeWishes}, for a command that is nothing without a store; `FLEET_STORE_URL` where none is named. */
export function neededStore(call: CommandCall): StoreWishes {
  const wishes = storeWishes(call);
  if (wishes !== undefined) return wishes;
  throw new SampanError("FLEET_STORE_URL", "opening the fleet's store: no address was given", {
    hint: "Set SAMPAN_FLEET_STORE, or pass --store redis://HOST:6379.",
  });
}

/** Says so when a password stands on the command line, where every user of the machine can read it. */
export function warnOfPassword({ options, output }: CommandCall): void {
  const typed = optionText(options, "store") ?? optionText(options, "redis");
  if (typed === undefined || !URL.canParse(typed) || new URL(typed).password === "") return;
  output.talk(
    "the password of the store is on the command line, where others on this machine can read it: SAMPAN_FLEET_STORE keeps it to you",
  );
}
