import { isSampanError, SampanError, Secret } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import type { CloudCredentials } from "./credentials.ts";
import { RefreshingCredentials } from "./refreshing.ts";

const minute = 60_000;

/** A source whose keys live so long, and that counts how often it was asked. */
function source(lifeMs: number, clock = virtualClock()) {
  const seen = { fetches: 0, fail: false };
  const provider = new RefreshingCredentials(
    {
      description: "a source of tests",
      async fetch(): Promise<CloudCredentials> {
        seen.fetches++;
        const number = seen.fetches;
        await Promise.resolve();
        if (seen.fail) throw new SampanError("CLOUD_UNREACHABLE", "asking the source", { retryable: true });
        return {
          accessKeyId: `STS.${number}`,
          accessKeySecret: new Secret(`secret ${number}`),
          securityToken: new Secret(`token ${number}`),
          expiresAt: clock.now() + lifeMs,
        };
      },
    },
    clock,
  );
  return { provider, clock, seen };
}

describe("keys that end", () => {
  it("are fetched once for all who wait, and once before each end", async () => {
    const { provider, clock, seen } = source(60 * minute);
    const crowd = await Promise.all(Array.from({ length: 64 }, () => provider.get()));
    expect(new Set(crowd.map((key) => key.accessKeyId))).toEqual(new Set(["STS.1"]));
    clock.advance(54 * minute);
    expect((await provider.get()).accessKeyId).toBe("STS.1");
    clock.advance(2 * minute);
    const next = await Promise.all(Array.from({ length: 64 }, () => provider.get()));
    expect(new Set(next.map((key) => key.accessKeyId))).toEqual(new Set(["STS.2"]));
    expect(seen.fetches).toBe(2);
  });

  it("are given with at least half their life when they live shorter than asked for", async () => {
    const { provider, clock, seen } = source(minute);
    for (let second = 0; second < 300; second++) {
      const key = await provider.get({ minValidityMs: 10 * minute });
      expect((key.expiresAt ?? 0) - clock.now()).toBeGreaterThanOrEqual(minute / 2);
      clock.advance(1000);
    }
    expect(seen.fetches).toBe(10);
  });

  it("are used on while they live when no other can be had, and never after", async () => {
    const { provider, clock, seen } = source(60 * minute);
    await provider.get();
    seen.fail = true;
    clock.advance(57 * minute);
    expect((await provider.get()).accessKeyId).toBe("STS.1");
    expect((await provider.get()).accessKeyId).toBe("STS.1");
    expect(seen.fetches).toBe(2);
    clock.advance(4 * minute);
    await expect(provider.get()).rejects.toMatchObject({ code: "CLOUD_UNREACHABLE" });
    seen.fail = false;
    expect((await provider.get()).accessKeyId).toBe("STS.4");
  });

  it("are replaced once when the cloud refuses them, however many say so", async () => {
    const { provider, seen } = source(60 * minute);
    const refused = await provider.get();
    expect(provider.renew(refused)).toBe(true);
    const next = await provider.get();
    expect(next.accessKeyId).toBe("STS.2");
    expect(provider.renew(refused)).toBe(true);
    expect(await provider.get()).toBe(next);
    expect(seen.fetches).toBe(2);
  });

  it("are waited for until cancelled, without ending the wait of others", async () => {
    const { provider } = source(60 * minute);
    const other = provider.get();
    const cancelled = await provider.get({ signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect(isSampanError(cancelled, "CORE_CANCELLED")).toBe(true);
    expect((await other).accessKeyId).toBe("STS.1");
  });
});
