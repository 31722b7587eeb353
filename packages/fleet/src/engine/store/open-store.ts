import { SampanError } from "@sampan/core";
import { openPostgresStore } from "./postgres-store.ts";
import { openRedisStore } from "./redis-store.ts";
import type { FleetStore, StoreOptions } from "./store.ts";
import { parseStoreAddress } from "./store-address.ts";
import { readTls } from "./store-tls.ts";

/** The prefix of who names none. */
export const defaultPrefix = "sampan";

/**
 * Opens the store of a fleet and looks whether the server is fit to be one.
 *
 * Ends in a `FLEET_STORE_…` error where it cannot be reached within ten seconds, refuses the password, is part of a cluster, behind a pooler or too old;
 * what is only unwise stands in {@link FleetStore.warnings}. The password stands in none of them.
 *
 * @example
 * ```ts
 * const store = await openStore({ url: "rediss://worker:…@redis.internal:6380", tls: { caFile: "/etc/sampan/ca.pem" } });
 * ```
 */
export async function openStore(options: StoreOptions = {}): Promise<FleetStore> {
  const { url, prefix = defaultPrefix, env = process.env } = options;
  const text = url ?? env.SAMPAN_FLEET_STORE;
  if (text === undefined || text === "")
    throw new SampanError("FLEET_STORE_URL", "opening the fleet's store: no address was given");
  const address = parseStoreAddress(text);
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(prefix))
    throw new SampanError(
      "FLEET_STORE_URL",
      `opening the fleet's store ${address.shown}: the prefix is not made of up to 41 small letters, digits and _, a letter first`,
    );
  const tls = await readTls(address, options.tls);
  const open = { redis: openRedisStore, postgres: openPostgresStore }[address.kind];
  return open({ address, prefix, tls });
}
