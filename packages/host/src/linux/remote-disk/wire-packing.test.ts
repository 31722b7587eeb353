import { type Clock, MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { WirePacking } from "./wire-packing.ts";

const both = new Set(["plain", "gzip", "zstd"] as const);

/** Lets bytes arrive at a rate for as long as is measured. */
function arriving(packing: WirePacking, clock: { ms: number }, bytesPerSecond: number): void {
  packing.busy(true);
  for (let turn = 0; turn < 30; turn++) {
    clock.ms += 100;
    packing.arrived(bytesPerSecond / 10);
  }
  packing.busy(false);
}

function made(wanted: ConstructorParameters<typeof WirePacking>[0]) {
  const time = { ms: 0 };
  const clock: Clock = { now: () => time.ms, monotonic: () => time.ms, sleep: async () => undefined };
  return { time, packing: new WirePacking(wanted, clock) };
}

describe("packing for the way", () => {
  it("does not happen on a fast one", () => {
    const { time, packing } = made("auto");
    arriving(packing, time, 100 * MiB);
    expect(packing.choose(both)).toBe("plain");
  });

  it("begins on a slow one and stays when it helps", () => {
    const { time, packing } = made("auto");
    arriving(packing, time, 5 * MiB);
    expect(packing.choose(both)).toBe("zstd");
    expect(packing.choose(new Set(["plain", "gzip"]))).toBe("gzip");
    expect(packing.choose(new Set(["plain"]))).toBe("plain");
    arriving(packing, time, 15 * MiB);
    expect(packing.choose(both)).toBe("zstd");
  });

  it("ends for good when it does not help", () => {
    const { time, packing } = made("auto");
    arriving(packing, time, 2 * MiB);
    expect(packing.choose(both)).toBe("zstd");
    arriving(packing, time, 2 * MiB);
    expect(packing.choose(both)).toBe("plain");
    arriving(packing, time, MiB);
    expect(packing.choose(both)).toBe("plain");
  });

  it("does not take time in which nothing was asked for slowness", () => {
    const { time, packing } = made("auto");
    for (let turn = 0; turn < 20; turn++) {
      packing.busy(true);
      time.ms += 10;
      packing.arrived(MiB);
      packing.busy(false);
      time.ms += 10_000;
    }
    expect(packing.choose(both)).toBe("plain");
  });

  it("is by the packer of choice, or not at all", () => {
    expect(made("none").packing.choose(both)).toBe("plain");
    expect(made("gzip").packing.choose(both)).toBe("gzip");
    expect(made("zstd").packing.choose(both)).toBe("zstd");
    expect(made("zstd").packing.choose(new Set(["plain", "gzip"]))).toBe("plain");
  });
});
