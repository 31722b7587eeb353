import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { installed, serveDashboard } from "./dashboard.ts";

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a dashboard", () => {
  it.each(["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com"])(
    "does not listen at %s, which other machines reach",
    async (host) => {
      const error = await thrownBy(serveDashboard({ queues: [], port: 0, host }));
      expect(isSampanError(error, "FLEET_LISTEN_REFUSED")).toBe(true);
    },
  );

  it("says which package is missing, and how to install it", async () => {
    const error = await thrownBy(
      installed("@bull-board/api", () => import("sampan-no-such-package" as string)),
    );
    expect(isSampanError(error, "FLEET_DASHBOARD_PACKAGES_MISSING")).toBe(true);
    expect((error as Error & { hint: string }).hint).toContain(
      "npm install @bull-board/api@9 @bull-board/express@9 express@5",
    );
    const asNode = Object.assign(
      new Error("Cannot find package 'express' imported from /app/node_modules/@bull-board/express/index.js"),
      { code: "ERR_MODULE_NOT_FOUND" },
    );
    const missing = await thrownBy(installed("@bull-board/express", () => Promise.reject(asNode)));
    expect((missing as Error).message).toBe("opening the dashboard: express is not installed");
  });

  it("leaves the faults of packages that are there as they are", async () => {
    const fault = new SyntaxError("unexpected token");
    expect(await thrownBy(installed("@bull-board/api", () => Promise.reject(fault)))).toBe(fault);
  });
});
