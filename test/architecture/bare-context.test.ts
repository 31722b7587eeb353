import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { repositoryFolder } from "./source-files.ts";

/**
 * Runs a module with everything it imports in a context that has ECMAScript, timers and abort signals and nothing else:
 * no Node, no `process`, no `fetch`, no DOM.
 */
async function loadBare(path: string): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryFolder, path)],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "loaded",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["@sampan/source", "import"],
    target: "es2022",
    logLevel: "silent",
  });
  const context = createContext({ AbortSignal, AbortController, setTimeout, clearTimeout });
  new Script(outputFiles[0]?.text ?? "").runInContext(context);
  return context.loaded as Record<string, unknown>;
}

describe("in a context without Node", () => {
  it("core loads and works", async () => {
    const core = await loadBare("packages/core/src/index.ts");
    const Failure = core.SampanError as new (code: string, message: string) => { code: string; hint: string };
    const failure = new Failure("IMAGE_RANGE", "reading past the end");
    expect(failure.code).toBe("IMAGE_RANGE");
    expect(failure.hint).toContain("sizeBytes");
    const toErrorRecord = core.toErrorRecord as (thrown: unknown) => { code: string };
    expect(toErrorRecord(failure).code).toBe("IMAGE_RANGE");
  });

  it("the verb catalogue loads and works, and with it all that is known of plans", async () => {
    const module = await loadBare("packages/sdk/src/plan-data.ts");
    const verbsOf = module.verbsOf as (stage: string) => string[];
    expect(verbsOf("SelectedHost").join()).toBe("assess,snapshot,createImage");
  });

  it("the rules of guests load", async () => {
    const { rules } = await loadBare("packages/guest/src/rules/index.ts");
    expect((rules as { id: string }[]).map(({ id }) => id)).toContain("GUESTOS.Virtio");
  });
});
