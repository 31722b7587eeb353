import type { Cloud } from "@sampan/cloud";
import { systemClock } from "@sampan/core";
import type { Host } from "@sampan/host";
import { expect, it } from "vitest";
import { openServices } from "./run-services.ts";

it("closes all that was opened, also where one does not close, and then says so", async () => {
  const closed: string[] = [];
  const closing = (name: string, fails = false) => ({
    async close() {
      closed.push(name);
      if (fails) throw new Error(`${name} is stuck`);
    },
  });
  const { services, close } = openServices(
    {
      home: "/none",
      cloud: { kind: "simulator", endpoint: "http://localhost:1" },
      clock: systemClock,
      random: Math.random,
      openHost: async (source) => {
        const path = source.kind === "image-file" ? source.path : "";
        if (path === "/none") throw new Error("no such host");
        return closing(path, path === "/a") as Host;
      },
      connect: async () => closing("cloud") as Cloud,
    },
    { pathOf: String, save: async () => undefined, load: async () => undefined },
  );
  await services.openHost({ kind: "image-file", path: "/a" });
  await services.openHost({ kind: "image-file", path: "/b" });
  await expect(services.openHost({ kind: "image-file", path: "/none" })).rejects.toThrow("no such host");
  await services.cloud(undefined);
  await expect(close()).rejects.toThrow("/a is stuck");
  expect(closed.sort()).toEqual(["/a", "/b", "cloud"]);
});
