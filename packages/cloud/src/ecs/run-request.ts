import { SampanError } from "@sampan/core";
import type { RunInstanceRequest } from "../instance-registry.ts";

/**
 * Refuses what the vendor would refuse, before it is sent: `CLOUD_LAUNCH_REFUSED` for a malformed name, token or number.
 * The time of release is compared with the cloud's clock, and not here.
 */
export function assertRunRequest(request: RunInstanceRequest): void {
  const refuse = (problem: string): never => {
    throw new SampanError(
      "CLOUD_LAUNCH_REFUSED",
      `launching ${JSON.stringify(request.name.slice(0, 130))}: ${problem}`,
      { hint: "Correct the request; nothing was sent." },
    );
  };
  if (!/^\p{L}[\p{L}\p{N}.:_-]{1,127}$/u.test(request.name) || /^https?:\/\//i.test(request.name)) {
    refuse("an instance's name has 2 to 128 letters, digits and . : _ -, beginning with a letter");
  }
  if (!/^[\x21-\x7e]{1,64}$/.test(request.clientToken))
    refuse("the client token is not 1 to 64 ASCII characters");
  const { internetMbps = 0 } = request;
  if (!Number.isInteger(internetMbps) || internetMbps < 0 || internetMbps > 100)
    refuse("the bandwidth to the Internet is not 0 to 100 Mbit/s");
}
