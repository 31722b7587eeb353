import { isSampanError } from "@sampan/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { FleetHost } from "../fleet-host.ts";
import { orderWaves } from "../schedule/order-waves.ts";
import { readInventory } from "./read-inventory.ts";

const row = (name: string, wave: string, after: readonly string[]) => ({
  name,
  source: `ssh://root@${name}`,
  site: "sh",
  bucket: "web-images",
  region: "cn-hangzhou",
  wave,
  after,
});

/** Whether the scheduler finds an order for hosts of such rows. */
function hasOrder(rows: readonly ReturnType<typeof row>[], waves: readonly string[]): boolean {
  const hosts = rows.map(
    (one): FleetHost => ({
      ...one,
      disks: [],
      targets: [],
      owner: null,
      sizeBytes: null,
      usedBytes: null,
      more: {},
    }),
  );
  try {
    const order = orderWaves(hosts, waves).flatMap((wave) => wave.hosts);
    const placeOf = new Map(order.map((host, place) => [hosts[host]?.name, place]));
    // And it is one: nobody before whom they wait for.
    for (const { name, after } of hosts)
      for (const other of after) expect(placeOf.get(other)).toBeLessThan(placeOf.get(name) ?? 0);
    return true;
  } catch (error) {
    if (!isSampanError(error, "FLEET_ORDER_IMPOSSIBLE")) throw error;
    return false;
  }
}

it("an inventory is refused for its order just where the scheduler finds none, in whatever order rows stand", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const host = fc.record({
    wave: fc.constantFrom("1", "2", "10"),
    after: fc.uniqueArray(fc.constantFrom(...names, "nobody"), { maxLength: 2 }),
  });
  const orders: readonly (readonly string[])[] = [[], ["10"], ["2", "1"]];
  const waves = fc.constantFrom(...orders);
  await fc.assert(
    fc.asyncProperty(
      fc.array(host, { minLength: 1, maxLength: names.length }),
      waves,
      fc.infiniteStream(fc.integer()),
      async (given, first, luck) => {
        const rows = given.map(({ wave, after }, index) => row(names[index] ?? "", wave, after));
        const mixed = rows
          .map((one) => ({ one, key: luck.next().value ?? 0 }))
          .sort((one, other) => one.key - other.key)
          .map(({ one }) => one);
        const outcome = await readInventory({ value: mixed }, { waves: first }).then(
          () => true,
          (error: unknown) => isSampanError(error, "FLEET_INVENTORY_INVALID") && "refused",
        );
        expect(outcome).toBe(hasOrder(rows, first) || "refused");
      },
    ),
    { numRuns: 200 },
  );
});
