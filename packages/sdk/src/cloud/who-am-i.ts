import { join } from "node:path";
import {
  accountAlias,
  type CallerIdentity,
  callerIdentity,
  maskedKeyId,
  proxyFromEnvironment,
} from "@sampan/cloud";
import { SampanError } from "@sampan/core";
import { builtInSimulator } from "./built-in-simulator.ts";
import type { CloudChoice } from "./choose-cloud.ts";
import { findCloudCredentials, rehearsalAccount } from "./connect-cloud.ts";

/** A part of the credentials: its value where it is no secret, and where it stands. */
export interface IdentityPart {
  readonly value: string | null;
  readonly source: string;
}

/** Whose credentials a run would use, without a secret. */
export interface Identity {
  readonly cloud: "simulator" | "alibaba";
  readonly rehearsal: boolean;
  /** The place the credentials come from, in words. */
  readonly source: string;
  /** Key id (masked), secret, token, region and profile; `null` for what there is none of. */
  readonly parts: {
    readonly accessKeyId: IdentityPart;
    readonly accessKeySecret: IdentityPart;
    readonly securityToken: IdentityPart | null;
    readonly region: IdentityPart | null;
    readonly profile: IdentityPart | null;
  };
  /** When the key ends, in ISO 8601; `null` for one that stays. */
  readonly expiresAt: string | null;
  readonly caller: CallerIdentity;
  /** The alias of the account; `null` where it has none, may not be asked for, or was not. */
  readonly accountAlias: string | null;
  /** Every other place in the order of the search, and why it was not taken. */
  readonly passedOver: readonly { readonly source: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/**
 * Says whose credentials a choice of cloud means, where each part of them was found, and why no other place was taken; then asks the STS
 * of that cloud whose they are. Alibaba Cloud is asked only when it was chosen by name.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING`, `CLOUD_CREDENTIALS_INVALID`, `CLOUD_CREDENTIALS_REFUSED`, `CLOUD_UNREACHABLE`.
 */
export async function whoAmI(
  choice: CloudChoice,
  options: {
    readonly home: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal;
    /** Whether the account's alias is asked for besides, of RAM; that it cannot be told is no failure. Default: no. */
    readonly alias?: boolean;
  },
): Promise<Identity> {
  const { home, env, signal, alias = false } = options;
  return choice.kind === "alibaba"
    ? inCloud(choice, env, signal, alias)
    : inRehearsal(choice, home, signal, alias);
}

async function inCloud(
  choice: CloudChoice,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
  alias: boolean,
): Promise<Identity> {
  const found = await findCloudCredentials(choice, env);
  const key = await found.provider.get({ signal });
  const { caller, accountAlias } = await callerOf(
    key,
    { connection: proxyFromEnvironment(env), signal },
    alias,
  );
  const { parts, region, profile } = found;
  return {
    cloud: "alibaba",
    rehearsal: false,
    source: found.source,
    parts: {
      accessKeyId: { value: maskedKeyId(key.accessKeyId), source: parts.id },
      accessKeySecret: { value: null, source: parts.secret },
      securityToken: key.securityToken === undefined ? null : { value: null, source: parts.token },
      region: choice.region === undefined ? (region ?? null) : regionOf(choice.region),
      profile: profile ?? null,
    },
    expiresAt: key.expiresAt === undefined ? null : new Date(key.expiresAt).toISOString(),
    caller,
    accountAlias,
    passedOver: found.passedOver,
    warnings: found.warnings,
  };
}

/** Whose key it is, and the alias of that account where it is wanted: both at once, so that nobody waits for the alias longer. */
async function callerOf(
  key: Parameters<typeof callerIdentity>[0],
  options: NonNullable<Parameters<typeof callerIdentity>[1]>,
  alias: boolean,
): Promise<Pick<Identity, "caller" | "accountAlias">> {
  const [caller, name] = await Promise.all([
    callerIdentity(key, options),
    alias ? accountAlias(key, options) : null,
  ]);
  return { caller, accountAlias: name };
}

function regionOf({ value, origin }: NonNullable<CloudChoice["region"]>): IdentityPart {
  return { value, source: origin };
}

async function inRehearsal(
  choice: CloudChoice & { readonly kind: "simulator" },
  home: string,
  signal: AbortSignal | undefined,
  alias: boolean,
): Promise<Identity> {
  const key = await rehearsalAccount(choice);
  const shared = choice.endpoint === undefined ? await builtInSimulator(join(home, "simulator")) : undefined;
  try {
    const simulator = choice.endpoint ?? shared?.endpoint;
    if (simulator === undefined) throw new SampanError("CORE_INTERNAL", "the simulator has no endpoint");
    const source = "a documented account of the simulator";
    return {
      cloud: "simulator",
      rehearsal: true,
      source,
      parts: {
        accessKeyId: { value: key.accessKeyId, source },
        accessKeySecret: { value: null, source },
        securityToken: null,
        region: null,
        profile:
          choice.profile === undefined ? null : { value: choice.profile.name, source: choice.profile.origin },
      },
      expiresAt: null,
      ...(await callerOf(key, { simulator, signal }, alias)),
      passedOver: [],
      warnings: [],
    };
  } finally {
    await shared?.release();
  }
}
