import { SampanError } from "@sampan/core";

/** BullMQ, loaded when a store is opened. `FLEET_STORE_DRIVER_MISSING` where it is not installed; `beside` is the driver it is to use. */
export function loadBullmq(beside: "ioredis" | "pg"): Promise<typeof import("bullmq")> {
  return loaded("bullmq", () => import("bullmq"), beside);
}

/** The client of Redis, as {@link loadBullmq}. */
export async function loadIoredis() {
  return (await loaded("ioredis", () => import("ioredis"), "ioredis")).Redis;
}

/** Connections and pools of PostgreSQL, as {@link loadBullmq}. */
export async function loadPg() {
  return (await loaded("pg", () => import("pg"), "pg")).default;
}

/**
 * What `load` gives; where the package `name` is not installed the error says how to install it, with all else that the store of that
 * `driver` needs. Exported for its test.
 */
export async function loaded<Module>(
  name: string,
  load: () => Promise<Module>,
  driver: "ioredis" | "pg",
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package of the driver's own that is missing is another fault than the driver not being there.
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw error;
    throw new SampanError(
      "FLEET_STORE_DRIVER_MISSING",
      `opening the fleet's store: ${name} is not installed`,
      {
        hint: `Install it next to Sampan: npm install bullmq ${driver}`,
        details: { package: name },
        cause: error,
      },
    );
  }
}
