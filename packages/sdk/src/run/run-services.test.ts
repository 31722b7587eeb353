import type { Cloud } from "@sampan/cloud";
import { SampanError, systemClock } from "@sampan/core";
import type { Host } from "@sampan/host";
import { expect, it } from "vitest";
import { openServices } from "./run-services.ts";

/** Services whose hosts are called by their paths, of which some do not close, and one cannot be opened. */
function servicesOf(fails: Readonly<Record<string, Error>>) {
  const closed: string[] = [];
  const closing = (name: string) => ({
    async close() {
      closed.push(name);
      if (fails[name] !== undefined) throw fails[name];
    },
  });
  const opened = openServices(
    {
      home: "/none",
      cloud: { kind: "simulator", endpoint: "http://localhost:1" },
      clock: systemClock,
      random: Math.random,
      openHost: async (source) => {
        const path = source.kind === "image-file" ? source.path : "";
        if (path === "/none") throw new Error("no such host");
        return closing(path) as Host;
      },
      connect: async () => closing("cloud") as Cloud,
    },
    { pathOf: String, save: async () => undefined, load: async () => undefined },
  );
  return { ...opened, closed };
}

it("closes all that was opened, also where one does not close, and then says so", async () => {
  const stuck = new Error("/a is stuck");
  const { services, close, closed } = servicesOf({ "/a": stuck });
  await services.openHost({ kind: "image-file", path: "/a" });
  await services.openHost({ kind: "image-file", path: "/b" });
  await expect(services.openHost({ kind: "image-file", path: "/none" })).rejects.toThrow("no such host");
  await services.cloud(undefined);
  await expect(close()).rejects.toBe(stuck);
  expect(closed.sort()).toEqual(["/a", "/b", "cloud"]);
});

it("says of all that does not close what each said", async () => {
  const stuck = new SampanError("HOST_SOURCE_INVALID", "/a is stuck", {
    hint: "Free it.",
    details: { path: "/a" },
  });
  const lost = new Error("the cloud is lost");
  const { services, close } = servicesOf({ "/a": stuck, cloud: lost });
  await services.openHost({ kind: "image-file", path: "/a" });
  await services.cloud(undefined);
  const error = (await close().catch((thrown) => thrown)) as SampanError;
  expect(error).toMatchObject({
    code: "HOST_SOURCE_INVALID",
    message: expect.stringMatching(/^\/a is stuck; .*the cloud is lost$/),
    hint: "Free it.",
    details: { path: "/a" },
  });
  expect((error.cause as AggregateError).errors).toEqual([stuck, lost]);
});
