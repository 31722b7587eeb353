import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, Secret } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecretSource } from "../plan/sources.ts";
import { readSecret, type SecretWorld } from "./read-secret.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = async (from: SecretSource, world: Partial<SecretWorld> = {}) =>
  (await readSecret(from, "ssh://web-01", { env: {}, ...world })).reveal();

async function refusal(from: SecretSource, world: Partial<SecretWorld> = {}): Promise<string> {
  const error = await read(from, world).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSampanError(error, "HOST_PASSWORD_MISSING")) throw new Error(`not refused: ${String(error)}`);
  return error.message;
}

describe("a password", () => {
  it("is found in the environment, in a file's first line, or asked for", async () => {
    const file = join(folder, "password");
    writeFileSync(file, "from a file\nand more\n", { mode: 0o600 });
    expect(await read({ env: "HOST_PASSWORD" }, { env: { HOST_PASSWORD: "from there" } })).toBe("from there");
    expect(await read({ file })).toBe("from a file");
    expect(await read("ask", { ask: async (what) => new Secret(`for ${what}`) })).toBe("for ssh://web-01");
  });

  it("that is not where the plan says is told by that place", async () => {
    expect(await refusal({ env: "HOST_PASSWORD" })).toContain("HOST_PASSWORD is not set");
    expect(await refusal({ file: join(folder, "none") })).toContain("ENOENT");
    expect(await refusal("ask")).toContain("no terminal");
  });

  it("in a file that others may read is refused", async () => {
    const file = join(folder, "password");
    writeFileSync(file, "seen by all");
    chmodSync(file, 0o644);
    const said = await refusal({ file });
    expect(said).toContain("others than you may read");
    expect(said).not.toContain("seen by all");
  });
});
