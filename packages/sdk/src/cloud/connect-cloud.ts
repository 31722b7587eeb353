import { join } from "node:path";
import {
  type Cloud,
  connectAlibabaCloud,
  type FoundCredentials,
  findCredentials,
  proxyFromEnvironment,
  type RememberedProvider,
} from "@sampan/cloud";
import { SampanError, Secret } from "@sampan/core";
import { builtInSimulator } from "./built-in-simulator.ts";
import { type CloudChoice, cloudIdentity } from "./choose-cloud.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Options of {@link connectCloud}. */
export interface ConnectOptions {
  /** Profile of another account than the choice's own: where an image was shared with it, for example. */
  readonly profile?: string;
  /** Where variables are looked up; `process.env` by default. */
  readonly env?: Environment;
}

/**
 * Connects to the chosen cloud, with the account of a profile. The built-in simulator keeps its state in `simulator/` of the home, so
 * that a run that was killed finds its parts again; closing the cloud stops it.
 *
 * In a rehearsal every profile but `default` is the simulator's second account, so that what is shared with it can be rehearsed too.
 */
export async function connectCloud(
  choice: CloudChoice,
  home: string,
  options: ConnectOptions = {},
): Promise<Cloud> {
  const wanted: CloudChoice =
    options.profile === undefined
      ? choice
      : { ...choice, profile: { name: options.profile, origin: "the plan" } };
  if (wanted.kind === "alibaba") {
    const env = options.env ?? process.env;
    const { provider, region } = await findCloudCredentials(wanted, env);
    return connectAlibabaCloud({
      credentials: provider,
      connection: proxyFromEnvironment(env),
      identity: cloudIdentity(wanted),
      ...regionOf(wanted.region?.value ?? region?.value),
    });
  }
  const account = await rehearsalAccount(wanted);
  const simulator =
    wanted.endpoint === undefined ? await builtInSimulator(join(home, "simulator")) : undefined;
  const endpoint = wanted.endpoint ?? simulator?.endpoint;
  if (endpoint === undefined) throw new SampanError("CORE_INTERNAL", "the simulator has no endpoint");
  const cloud = connectAlibabaCloud({
    credentials: account,
    endpoints: { simulator: endpoint },
    identity: { ...cloudIdentity(wanted), endpoint },
  });
  return {
    ...cloud,
    objects: (region) => cloud.objects(region),
    async close() {
      await cloud.close();
      await simulator?.release();
    },
  };
}

function regionOf(region: string | undefined) {
  return region === undefined ? {} : { region };
}

/** As long as the process lives: each query of a shell connects anew, and none may ask a person for the code of a second factor again. */
const remembered = new Map<string, RememberedProvider>();

/**
 * Finds the credentials of the account that a choice of Alibaba Cloud means. A key that a profile's program or sign-in gave is used by every
 * connection of the process until it ends, or until the file of the profile or the environment says something else.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING` and `CLOUD_CREDENTIALS_INVALID`.
 */
export function findCloudCredentials(choice: CloudChoice, env: Environment): Promise<FoundCredentials> {
  return findCredentials({
    profile: choice.profile?.name,
    profileOrigin: choice.profile?.origin,
    connection: proxyFromEnvironment(env),
    remembered,
    ports: { env },
  });
}

/** The documented account of the simulator that a profile means: the first, or the second for any but `default`. */
export async function rehearsalAccount({ profile }: CloudChoice) {
  // Loaded only for a rehearsal: the simulator is a server of its own.
  const { simulatorAccounts } = await import("@sampan/simulator");
  const [first, second] = simulatorAccounts;
  const { accessKeyId, accessKeySecret } =
    profile === undefined || profile.name === "default" ? first : second;
  return { accessKeyId, accessKeySecret: new Secret(accessKeySecret) };
}
