import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import { fixups } from "../fixups/index.ts";
import { goodGuests } from "../testing/good-corpus.ts";
import { type GuestChange, goodLinux, goodWindows, guestInput } from "../testing/good-guests.ts";
import { caseTable } from "../testing/rule-cases.ts";
import { rules } from "./index.ts";
import type { ProfileName } from "./rule.ts";

function found(change: GuestChange, profile: ProfileName): readonly string[] {
  const findings = assessDisk(guestInput(change), { profile });
  return [...new Set(findings.map((finding) => `${finding.rule} ${finding.severity}`))];
}

const table = Object.entries(caseTable);
const broken = table.flatMap(([id, cases]) => cases.broken.map((one) => ({ id, ...one })));
const sound = table.flatMap(([id, cases]) => cases.sound.map((one) => ({ id, ...one })));

describe("the rules", () => {
  it("each have a case in which they find something and one in which they do not", () => {
    expect(Object.keys(caseTable).sort()).toEqual(rules.map((rule) => rule.id).sort());
    for (const [id, cases] of table) {
      expect(cases.broken.length, id).toBeGreaterThan(0);
      expect(cases.sound.length, id).toBeGreaterThan(0);
    }
    const tested = new Set(broken.map(({ id, profile }) => `${id} ${profile}`));
    for (const { id, profiles } of rules) {
      expect(Object.keys(profiles).some((profile) => tested.has(`${id} ${profile}`))).toBe(true);
    }
  });

  it.each(broken)("$id is a $severity where it is broken, in $profile, and nothing else is found", (row) => {
    const { id, severity, profile, change, alongside } = row;
    const all = found(change, profile);
    expect(all).toContain(`${id} ${severity}`);
    expect([...new Set(all.map((one) => one.split(" ")[0]))].sort()).toEqual([id, ...alongside].sort());
    for (const finding of assessDisk(guestInput(change), { profile })) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      expect(finding.message).toMatch(/\.$/);
      expect(finding.hint).toMatch(/[.`]$/);
      expect(finding.hint).not.toContain("\n");
      expect(finding.source.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it.each(sound)("$id finds nothing in $what, in $profile", ({ id, profile, change }) => {
    expect(found(change, profile).filter((one) => one.startsWith(`${id} `))).toEqual([]);
  });

  it.each(goodGuests)("find nothing at all on a good %s in the profile %s", (_, profile, change) => {
    expect(found(change, profile)).toEqual([]);
  });

  it("name fix-ups that exist, and belong to a profile", () => {
    const known = fixups.map((fixup) => fixup.id);
    for (const rule of rules) {
      if (rule.fixup !== null) expect(known).toContain(rule.fixup);
      expect(Object.keys(rule.profiles).length).toBeGreaterThan(0);
      expect(rule.id).toMatch(/^(GUESTOS|SAMPAN)\.[A-Z]\w+$/);
    }
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  });

  it("offer no fix-up for a Windows guest, for which there is none", () => {
    const windows = { ...goodWindows, firewall: [{ profile: "x", enabled: true, source: "y" }] };
    expect(assessDisk(guestInput({ windows }))).toMatchObject([{ rule: "SAMPAN.Firewall", fixup: null }]);
  });

  it("say nothing of the guest on a data disk", () => {
    for (const change of [
      { linux: null },
      { linux: { selinux: { configured: "enforcing" as const, source: "/x" } } },
    ]) {
      const input = guestInput(change);
      expect(assessDisk({ ...input, disk: { ...input.disk, system: false } })).toEqual([]);
    }
  });
});

describe("an assessment", () => {
  it("sorts by severity and keeps the reason for what was accepted", () => {
    const [kernel] = goodLinux.kernels;
    const linux = {
      family: "void",
      cloudInit: { installed: false, enabledAtBoot: null, datasources: null },
      kernels:
        kernel === undefined
          ? []
          : [{ ...kernel, drivers: { ...kernel.drivers, virtio_blk: "missing" as const } }],
    };
    const findings = assessDisk(guestInput({ linux }), {
      accept: { "GUESTOS.Virtio": "boots from the network" },
    });
    expect(findings.map(({ rule, accepted }) => [rule, accepted])).toEqual([
      ["GUESTOS.Virtio", "boots from the network"],
      ["GUESTOS.Platform", null],
      ["GUESTOS.CloudInit", null],
    ]);
  });

  it("refuses to accept a rule that does not exist", () => {
    expect(() => assessDisk(guestInput(), { accept: { "GUESTOS.Bootmode": "" } })).toThrow(
      "which is no rule",
    );
  });
});
