import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { CaptureOptions } from "./options.ts";
import { resolvePlan } from "./plan.ts";

const share = { onHost: "/mnt/store", here: "images" };
const unc = { onHost: "\\\\convert-01\\VHD_DIR", here: "/srv/vhd" };

const captured = (source: string, options: CaptureOptions) =>
  Migration.from(source).assess().capture(options);

function refusal(work: () => unknown): string {
  try {
    work();
    return "not refused";
  } catch (error) {
    return isSampanError(error) ? `${error.code}: ${error.message} | ${error.hint}` : String(error);
  }
}

describe("a capture by a tool of the host", () => {
  it("is in the plan, with the folder of this machine made absolute when it is run", () => {
    const plan = captured("ssh://web-01", { tool: "dd", share, consistency: "none" }).plan();
    expect(resolvePlan(plan, "/srv").steps.at(-1)?.options).toMatchObject({
      share: { onHost: "/mnt/store", here: "/srv/images" },
    });
    const windows: CaptureOptions = {
      tool: "disk2vhd",
      share: unc,
      acceptLicence: true,
      volumes: ["C:"],
    };
    for (const source of ["winrm://admin@web-01", "ssh://admin@web-01"]) {
      expect(
        refusal(() => captured(source, windows).toVhd()),
        source,
      ).toBe("not refused");
    }
  });

  it.each<[CaptureOptions["tool"], RegExp]>([
    ["alip2v", /HOST_TOOL_UNSUITABLE.*used by hand.*begin a plan with that file/],
    ["xenconvert", /HOST_TOOL_UNSUITABLE.*used by hand.*Begin a plan with the VMDK/],
    ["qemu-img", /HOST_TOOL_UNSUITABLE.*converts images.*toVhd/],
    ["vmware-vdiskmanager", /HOST_TOOL_UNSUITABLE.*converts images/],
    ["starwind-v2v", /HOST_TOOL_UNSUITABLE.*converts images/],
  ])("is refused for %s, with what to do instead", (tool, says) => {
    expect(refusal(() => captured("ssh://web-01", tool === undefined ? {} : { tool, share }))).toMatch(says);
  });

  it.each<[string, CaptureOptions, RegExp]>([
    ["web-01.vmdk", { tool: "dd", share }, /HOST_TOOL_UNSUITABLE.*runs on Linux.*a disk image/],
    ["winrm://admin@web-01", { tool: "dd", share }, /HOST_TOOL_UNSUITABLE.*runs on Linux/],
    ["local://", { tool: "disk2vhd", share: unc }, /HOST_TOOL_UNSUITABLE.*runs on Windows/],
    ["winrm://admin@web-01", {}, /PLAN_INVALID.*not read from here.*disk2vhd/],
    ["ssh://web-01", { tool: "dd" }, /PLAN_INVALID.*none is named.*sampan share/],
    ["ssh://web-01", { share }, /PLAN_INVALID.*share says nothing of a capture by stream/],
    ["ssh://web-01", { tool: "dd", share, volumes: ["C:"] }, /PLAN_INVALID.*volumes says nothing/],
    ["ssh://web-01", { tool: "dd", share, consistency: "freeze" }, /PLAN_INVALID.*consistency/],
    ["winrm://a@web-01", { tool: "disk2vhd", share: unc, leaseMs: 60_000 }, /PLAN_INVALID.*leaseMs/],
    ["winrm://a@web-01", { tool: "disk2vhd", share: unc, disks: ["0"] }, /PLAN_INVALID.*volumes/],
  ])("of %s with %j is refused", (source, options, says) => {
    expect(refusal(() => captured(source, options))).toMatch(says);
  });

  it("of dd goes with a host that is mended itself, and not with a copy that is mended", () => {
    const assessed = Migration.from("ssh://web-01").assess();
    expect(refusal(() => assessed.prepare().capture({ tool: "dd", share }))).toMatch(/on: "host"/);
    const mended = assessed.prepare({ on: "host", confirm: true });
    expect(refusal(() => mended.capture({ tool: "dd", share }))).toBe("not refused");
  });
});
