import type { DriverPlace, GuestFacts, LinuxFacts, WindowsFacts } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import type { ImportOptions } from "../plan/options.ts";
import { importRequest } from "./import-request.ts";

const base = { version: null, minor: null, architecture: "x86_64", bootMode: "BIOS" } as const;
const kernel = (nvme: DriverPlace) => ({ drivers: { nvme } });
// Only what an import asks of a guest; the rest of the facts is not looked at.
const linux = (changes: object = {}) =>
  ({ ...base, type: "linux", family: "debian", kernels: [], ...changes }) as unknown as LinuxFacts;
const windows = (changes: object = {}) =>
  ({
    ...base,
    type: "windows",
    family: "windows",
    productType: "server",
    major: 10,
    minor: 0,
    build: 17_763,
    drivers: [],
    ...changes,
  }) as unknown as WindowsFacts;

const requestOf = (guest: GuestFacts | null, options: ImportOptions = {}) =>
  importRequest({
    name: "web-01",
    objects: [],
    images: [],
    guest,
    options,
    runId: "run-1",
    clientToken: "run-1/import",
  });

describe("the request of an import", () => {
  it("takes boot mode, architecture and platform from the assessment, unless the plan says otherwise", () => {
    expect(requestOf(linux({ architecture: "aarch64", bootMode: "UEFI", family: "ubuntu" }))).toMatchObject({
      osType: "linux",
      architecture: "arm64",
      bootMode: "UEFI",
      platform: "Ubuntu",
      detect: true,
      tags: { "sampan:run": "run-1" },
    });
    expect(requestOf(linux({ bootMode: null })).bootMode).toBe("BIOS");
    expect(requestOf(linux({ bootMode: null, architecture: "aarch64" })).bootMode).toBe("UEFI");
    expect(requestOf(linux(), { platform: "CentOS", bootMode: "UEFI", detect: false })).toMatchObject({
      platform: "CentOS",
      bootMode: "UEFI",
      detect: false,
    });
    expect(requestOf(linux({ family: "constructor" })).platform).toBe("Others Linux");
    expect(requestOf(null)).toMatchObject({ osType: "linux", architecture: "x86_64", bootMode: "BIOS" });
    expect(requestOf(null).platform).toBeUndefined();
  });

  it("declares NVMe only where every kernel finds the driver before its root", () => {
    const ready = (...places: DriverPlace[]) => requestOf(linux({ kernels: places.map(kernel) })).nvmeSupport;
    expect(ready("initramfs", "builtin")).toBe(true);
    expect(ready("initramfs", "module")).toBeUndefined();
    expect(ready("missing")).toBeUndefined();
    expect(ready()).toBeUndefined();
  });

  it("declares NVMe for a Windows that starts stornvme at boot", () => {
    const driver = (start: number, fileThere: boolean | null = true) =>
      requestOf(windows({ drivers: [{ name: "stornvme", start, fileThere, source: "" }] })).nvmeSupport;
    expect(driver(0)).toBe(true);
    expect(driver(0, null)).toBe(true);
    expect(driver(3)).toBeUndefined();
    expect(driver(0, false)).toBeUndefined();
    expect(requestOf(windows()).nvmeSupport).toBeUndefined();
  });

  it("names servers of Windows by their kernel, and everything ECS has no name for as Other Windows", () => {
    const named = (changes: object) => requestOf(windows(changes)).platform;
    expect(named({ build: 20_348 })).toBe("Windows Server 2022");
    expect(named({ build: 17_763 })).toBe("Windows Server 2019");
    expect(named({ build: 14_393 })).toBe("Windows Server 2016");
    expect(named({ build: 26_100 })).toBe("Other Windows");
    expect(named({ build: null })).toBe("Other Windows");
    expect(named({ major: 6, minor: 3 })).toBe("Windows Server 2012");
    expect(named({ major: 6, minor: 1 })).toBe("Windows Server 2008");
    expect(named({ major: 5, minor: 2 })).toBe("Windows Server 2003");
    expect(named({ productType: "client" })).toBe("Other Windows");
    expect(named({ productType: null })).toBe("Other Windows");
  });

  it("says who brings the licence where ECS has none or wants it said", () => {
    expect(requestOf(linux({ family: "rhel" })).licenseType).toBe("BYOL");
    expect(requestOf(linux({ family: "sles" })).licenseType).toBe("BYOL");
    expect(requestOf(linux()).licenseType).toBeUndefined();
    expect(requestOf(windows()).licenseType).toBe("Aliyun");
    expect(requestOf(windows({ productType: "client" })).licenseType).toBe("BYOL");
    expect(requestOf(linux({ family: "rhel" }), { licenseType: "Aliyun" }).licenseType).toBe("Aliyun");
  });
});
