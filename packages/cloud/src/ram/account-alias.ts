import type { ConnectionOptions } from "../connection-options.ts";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { fieldsOf, textIn } from "../credentials/key-answer.ts";
import { systemPorts } from "../credentials/ports.ts";
import { signedCall } from "../sts/signed-call.ts";

/** Nobody waits long for a name that is only nice to know. */
const timeoutMs = 5_000;

/** What the vendor takes for an alias, and an account's id that stands where none was set. */
const form = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/**
 * Asks RAM for the alias of the account a key belongs to. `null` for an account without one, and wherever it cannot be told: the
 * key needs `ram:GetAccountAlias`, and most have it not.
 *
 * Source: RAM API reference, GetAccountAlias, 2026.
 */
export async function accountAlias(
  credentials: CloudCredentials,
  options: {
    /** A simulator to ask in place of the cloud. */
    readonly simulator?: string;
    readonly connection?: ConnectionOptions;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<string | null> {
  const call = {
    service: "ram",
    version: "2015-05-01",
    action: "GetAccountAlias",
    url: new URL(options.simulator ?? "https://ram.aliyuncs.com"),
    query: {},
    timeoutMs,
    doing: "asking for the account's alias",
  } as const;
  try {
    const answer = await signedCall(call, credentials, systemPorts({}, options.connection), options.signal);
    const alias = textIn(fieldsOf(answer), "AccountAlias") ?? "";
    // Without an alias its place is taken by the id.
    return form.test(alias) && !/^\d+$/.test(alias) ? alias : null;
  } catch {
    return null;
  }
}
