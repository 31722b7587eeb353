import { join } from "node:path";
import { type Cloud, connectAlibabaCloud, credentialsFromEnvironment } from "@sampan/cloud";
import { SampanError, Secret } from "@sampan/core";
import { builtInSimulator } from "./built-in-simulator.ts";
import { type CloudChoice, cloudIdentity } from "./choose-cloud.ts";

/**
 * Connects to the chosen cloud. The built-in simulator keeps its state in `simulator/` of the home, so that a run that
 * was killed finds its parts again; closing the cloud stops it.
 */
export async function connectCloud(choice: CloudChoice, home: string): Promise<Cloud> {
  if (choice.kind === "alibaba") {
    return connectAlibabaCloud({
      credentials: credentialsFromEnvironment(process.env),
      identity: cloudIdentity(choice),
    });
  }
  // Loaded only for a rehearsal: the simulator is a server of its own.
  const { simulatorAccounts } = await import("@sampan/simulator");
  const [account] = simulatorAccounts;
  const simulator =
    choice.endpoint === undefined ? await builtInSimulator(join(home, "simulator")) : undefined;
  const endpoint = choice.endpoint ?? simulator?.endpoint;
  if (endpoint === undefined) throw new SampanError("CORE_INTERNAL", "the simulator has no endpoint");
  const cloud = connectAlibabaCloud({
    credentials: {
      accessKeyId: account.accessKeyId,
      accessKeySecret: new Secret(account.accessKeySecret),
    },
    endpoints: { simulator: endpoint },
    identity: { ...cloudIdentity(choice), endpoint },
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
