import { readFile } from "node:fs/promises";
import type { ConnectionOptions } from "node:tls";
import { SampanError } from "@sampan/core";
import type { StoreTls } from "./store.ts";
import type { StoreAddress } from "./store-address.ts";

/** What Node is told of the encrypted connection to a store; `undefined` for one that is not encrypted. Reads the files named. */
export async function readTls(
  address: StoreAddress,
  tls: StoreTls | undefined,
): Promise<ConnectionOptions | undefined> {
  if (address.tls === "none" && tls === undefined) return undefined;
  const read = async (path: string | undefined): Promise<Buffer | undefined> =>
    path === undefined ? undefined : contentOf(path, address);
  const [ca, cert, key] = await Promise.all([
    read(tls?.caFile),
    read(tls?.certificateFile),
    read(tls?.keyFile),
  ]);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
    ...(address.tls === "name-unchecked" && { checkServerIdentity: () => undefined }),
  };
}

async function contentOf(path: string, address: StoreAddress): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SampanError(
      "FLEET_STORE_TLS",
      `opening the fleet's store ${address.shown}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      { details: { file: path }, cause: error },
    );
  }
}
