import { isSampanError } from "@sampan/core";
import { findCloudCredentials, type Identity } from "@sampan/sdk";
import { formatDuration } from "../terminal/numbers.ts";
import { type CheckTask, type DoctorWorld, type Finding, failed, good, note, warning } from "./check.ts";
import { checkSimulator } from "./check-simulator.ts";

const limitMs = 80_000;
/** A key that ends within this is worth a word: uploads take longer. */
const soonMs = 3_600_000;

/** Which cloud was chosen, whose credentials are used, and how long they last. */
export function accountTasks(world: DoctorWorld, identity: () => Promise<Identity>): readonly CheckTask[] {
  const task = (name: string, run: CheckTask["run"]): CheckTask => ({ group: "account", name, limitMs, run });
  const { choice, env } = world;
  return [
    task("cloud", async () => checkChoice(world)),
    ...(choice?.kind === "simulator" && choice.endpoint !== undefined
      ? []
      : [task("simulator", () => checkSimulator(env))]),
    choice === undefined
      ? task("credentials", () => checkFound(env))
      : task("credentials", async () => checkIdentity(await identity())),
  ];
}

function checkChoice({ choice, env }: DoctorWorld): Finding {
  const name = "cloud";
  if (choice === undefined) {
    return env.SAMPAN_CLOUD === undefined || env.SAMPAN_CLOUD === ""
      ? note(name, "none chosen: nothing outside this machine was asked", "sampan doctor --cloud alibaba")
      : failed(
          name,
          `SAMPAN_CLOUD=${env.SAMPAN_CLOUD} is none`,
          "Set SAMPAN_CLOUD to simulator or alibaba, or: unset SAMPAN_CLOUD",
        );
  }
  if (choice.kind === "alibaba") return good(name, "Alibaba Cloud");
  return good(
    name,
    `the simulator${choice.endpoint === undefined ? ", built in" : ` at ${choice.endpoint}`}`,
  );
}

/** What would be used, looked up without asking any cloud. */
async function checkFound(env: DoctorWorld["env"]): Promise<Finding> {
  const name = "credentials";
  try {
    // The metadata service of an instance is outside of this machine, and what is wrong with a proxy is told elsewhere.
    const local = Object.entries(env).filter(([variable]) => !/_proxy$/i.test(variable));
    const found = await findCloudCredentials(
      { kind: "alibaba" },
      { ...Object.fromEntries(local), ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
    );
    const [problem] = found.warnings;
    const key = found.keyId === undefined ? "" : `key ${found.keyId}, `;
    const fact = `${key}from ${found.source}${problem === undefined ? "" : `; ${problem}`}`;
    return problem === undefined ? good(name, fact) : warning(name, fact, "sampan whoami --cloud alibaba");
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return error.details.lookedIn === undefined
      ? warning(name, error.message, error.hint)
      : note(name, "none found; rehearsals need none", "aliyun configure");
  }
}

function checkIdentity(identity: Identity): readonly Finding[] {
  const { caller, source, parts, expiresAt, warnings } = identity;
  return [
    good("credentials", `key ${parts.accessKeyId.value ?? "hidden"}, from ${source}`),
    good("caller", `${caller.arn} of account ${caller.accountId} (${caller.type})`),
    expiryFinding(expiresAt),
    ...warnings.map((text) => warning("credentials", text, "sampan whoami")),
    ...(caller.type === "Account" && identity.cloud === "alibaba"
      ? [
          warning(
            "caller",
            "the account itself, which may do anything",
            "Use a RAM user or role: https://ram.console.aliyun.com",
          ),
        ]
      : []),
  ];
}

function expiryFinding(expiresAt: string | null): Finding {
  const name = "expiry";
  if (expiresAt === null) return good(name, "the key stays valid, as far as is known");
  const leftMs = Date.parse(expiresAt) - Date.now();
  if (leftMs <= 0)
    return failed(name, `the key expired at ${expiresAt}`, "Log in again, or fetch a new key.");
  const fact = `the key expires at ${expiresAt}, in ${formatDuration(leftMs)}`;
  return leftMs < soonMs
    ? warning(
        name,
        `${fact}; longer uploads need a source that renews it`,
        "Use a profile of mode RamRoleArn: aliyun configure --mode RamRoleArn",
      )
    : good(name, fact);
}
