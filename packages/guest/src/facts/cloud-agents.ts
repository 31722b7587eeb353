import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import type { BootServices } from "./boot-services.ts";

/** Names as their installers give them: vendor pages "Install the Cloud Assistant Agent", "Install the client" of 2026. */
const names = { cloudAssistant: "aliyun", securityCenter: "aegis" } as const;

/** The cloud's own agents; a host that has been on ECS before brings them along. */
export async function readCloudAgents(services: BootServices): Promise<LinuxFacts["cloudAgents"]> {
  return {
    cloudAssistant: await services.facts(names.cloudAssistant),
    securityCenter: await services.facts(names.securityCenter),
  };
}

/** Whether `growpart` is there, with which cloud-init lets the root partition grow with its disk. */
export async function readGrowpart(files: GuestFiles): Promise<boolean> {
  for (const path of ["/usr/bin/growpart", "/usr/sbin/growpart"]) {
    if ((await files.stat(path))?.kind === "file") return true;
  }
  return false;
}
