import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runnerContract } from "../testing/runner-contract.ts";
import { createEmbeddedRunner } from "./embedded-runner.ts";

runnerContract("embedded", async (pipeline) => {
  const home = mkdtempSync(join(tmpdir(), "sampan-contract-"));
  const runner = createEmbeddedRunner({
    home,
    cloud: { kind: "simulator" },
    pipeline,
    services: {
      openHost: () => Promise.reject(new Error("no host in this test")),
      connect: () => Promise.reject(new Error("no cloud in this test")),
    },
  });
  return {
    runner,
    async takeOver(runId) {
      // The process that began it is this one: it stops, and somebody asks for the run again.
      await runner.cancel(runId);
      while ((await runner.status(runId)).state === "running")
        await new Promise((resolve) => setTimeout(resolve, 20));
      await runner.resume(runId);
    },
    close: async () => rmSync(home, { recursive: true, force: true }),
  };
});
