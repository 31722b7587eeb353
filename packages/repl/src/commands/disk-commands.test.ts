import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDifferencing } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { describedFields, fieldsOf, undescribed } from "../testing/page-fields.ts";
import { runProgram } from "../testing/run-program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-disks-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
  const blank = new Uint8Array(1024 * 1024);
  blank.set([0x55, 0xaa], 510);
  blank.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 7, 0, 0], 446);
  await writeFile(join(folder, "blank.raw"), blank);
  await writeFile(join(folder, "words.txt"), "no disk at all\n".repeat(100));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sampan(...argv: string[]) {
  return runProgram(argv, { cwd: folder });
}

describe("inspect", () => {
  it("names the guest, as one JSON value", async () => {
    const { exitCode, out } = await sampan("inspect", "guest.qcow2", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: "qcow2",
      layout: { table: { kind: "mbr" } },
      guest: { type: "linux", family: "debian", major: 12, architecture: "x86_64", bootMode: "BIOS" },
    });
  });

  it("tells people the same", async () => {
    const { out } = await sampan("inspect", "guest.qcow2");
    expect(out).toMatch(/^guest +Debian GNU\/Linux 12/m);
    expect(out).toMatch(/^1 +1 MiB +511 MiB +Linux +yes +ext4/m);
  });

  it("refuses what is no disk with a hint", async () => {
    const { exitCode, out, err } = await sampan("inspect", "words.txt");
    expect(exitCode).toBe(1);
    expect(out).toBe("");
    expect(err).toMatch(/^error IMAGE_FORMAT_UNKNOWN: .*\n {2}try: /);
  });
});

describe("assess", () => {
  it("ends with 3 when there are warnings", async () => {
    const { exitCode, out } = await sampan("assess", "guest.qcow2", "--json");
    expect(exitCode).toBe(3);
    const answer = JSON.parse(out) as { verdict: string; findings: { rule: string }[] };
    expect(answer.verdict).toBe("warnings");
    expect(answer.findings.map((finding) => finding.rule)).toContain("GUESTOS.Selinux");
  });

  it("refuses a disk without an operating system, and hosts it cannot read", async () => {
    expect(JSON.parse((await sampan("assess", "blank.raw", "--json")).out)).toMatchObject({
      code: "GUEST_NONE",
    });
    const machine = await sampan("inspect", "ecs://cn-hangzhou/i-1", "--json");
    expect(machine.exitCode).toBe(2);
    expect(JSON.parse(machine.out)).toMatchObject({ code: "HOST_KIND_UNSUPPORTED" });
  });
});

describe("an assessment in full", () => {
  it("judges a disk that nothing is to boot from where that is accepted", async () => {
    const accept = ["--accept", "GUESTOS.SystemImage=a data disk"];
    const told = await sampan("assess", "blank.raw", ...accept, "--json");
    const { guest, findings } = JSON.parse(told.out);
    expect([told.exitCode, guest], told.err).toEqual([0, null]);
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "GUESTOS.SystemImage", accepted: "a data disk" }),
    );
    expect((await sampan("assess", "blank.raw", ...accept)).out).toContain("a data disk");
  });

  it("tells evidence, mend and verdict", async () => {
    const { exitCode, out } = await sampan("assess", "guest.qcow2");
    expect(exitCode).toBe(3);
    expect(out).toMatch(/^warning GUESTOS\.Selinux: .*mended by the fix-up selinux/m);
    expect(out).toMatch(/^ {4}\/etc\/selinux\/config: SELINUX=enforcing/m);
    expect(out).toMatch(/^can be migrated: \d+ warnings?, \d+ of them mended by `prepare\(\)`$/m);
  });

  it("takes findings on by id with a reason, and refuses one without", async () => {
    const accept = ["GUESTOS.Selinux", "GUESTOS.Fstab", "SAMPAN.Firewall", "GUESTOS.Dhcp", "GUESTOS.Virtio"];
    const options = accept.flatMap((id) => ["--accept", `${id}=known and tested`]);
    const { out } = await sampan("assess", "guest.qcow2", "--json", ...options);
    const { findings } = JSON.parse(out) as { findings: { rule: string; accepted: string | null }[] };
    for (const one of findings) {
      expect(one.accepted).toBe(accept.includes(one.rule) ? "known and tested" : null);
    }
    expect((await sampan("assess", "guest.qcow2", "--accept", "GUESTOS.Fstab")).exitCode).toBe(2);
    expect((await sampan("assess", "guest.qcow2", "--accept", "GUESTOS.Nothing=x y")).err).toContain(
      "which is no rule",
    );
  });

  it("judges data disks beside the system disk, by the whitepaper one too many", async () => {
    const { exitCode, out } = await sampan("assess", "guest.qcow2", "blank.raw", "--json");
    const answer = JSON.parse(out) as { dataDisks: { path: string; findings: { rule: string }[] }[] };
    expect(exitCode).toBe(3);
    expect(answer.dataDisks.map((disk) => [disk.path, disk.findings.map(({ rule }) => rule)])).toEqual([
      ["blank.raw", ["SAMPAN.DiskSize"]],
    ]);
    const rulesOf = async (...more: string[]) =>
      (await sampan("assess", "guest.qcow2", "blank.raw", "--profile", "whitepaper-2017", ...more)).out;
    expect(await rulesOf()).toContain("SAMPAN.SystemDiskOnly");
    expect(await rulesOf("--origin", "ecs")).not.toContain("SAMPAN.SystemDiskOnly");
    expect(await rulesOf("--send-as", "qcow2")).toMatch(/^blocker SAMPAN\.ImageFormat/m);
  });

  it("advises on images or file synchronisation when it is told the line", async () => {
    const { out } = await sampan(
      "assess",
      "guest.qcow2",
      "--bandwidth",
      "100mbit",
      "--hosts",
      "40",
      "--json",
    );
    const { advice } = JSON.parse(out) as { advice: { approach: string; estimate: Record<string, number> } };
    expect(advice.approach).toBe("image");
    expect(advice.estimate.bytesPerSecond).toBe(10e6);
    expect(advice.estimate.bytesToSend).toBe(40 * (advice.estimate.bytesPerHost ?? 0));
    const slow = await sampan("assess", "guest.qcow2", "--bandwidth", "1kbit", "--hosts", "40");
    expect(slow.out).toMatch(/^advice: redeploy or synchronise files$/m);
    expect((await sampan("assess", "guest.qcow2", "--bandwidth", "fast")).exitCode).toBe(2);
    expect((await sampan("assess", "guest.qcow2", "--hosts", "40")).exitCode).toBe(2);
  });

  it("prints SARIF that names the image and the file in the guest", async () => {
    const { exitCode, out } = await sampan("assess", "guest.qcow2", "--sarif");
    expect(exitCode).toBe(3);
    const log = JSON.parse(out) as {
      version: string;
      runs: { results: { ruleId: string }[]; artifacts: { location: { uri: string } }[] }[];
    };
    expect(log.version).toBe("2.1.0");
    expect(log.runs[0]?.results.map((result) => result.ruleId)).toContain("GUESTOS.Selinux");
    expect(log.runs[0]?.artifacts.map(({ location }) => location.uri)).toEqual(
      expect.arrayContaining(["guest.qcow2", "/etc/selinux/config"]),
    );
  });
});

describe("explain", () => {
  it("tells of a rule what the manual does, whatever the case of its id", async () => {
    const { exitCode, out } = await sampan("explain", "guestos.virtio");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^rule +GUESTOS\.Virtio$/m);
    expect(out).toMatch(/^current +blocker$/m);
    expect(out).toMatch(/^ {4}dracut -f --add-drivers/m);
    expect(out).not.toContain("```");
    const json = JSON.parse((await sampan("explain", "SAMPAN.Uac", "--json")).out) as Record<string, unknown>;
    expect(json).toMatchObject({ origin: "rule", id: "SAMPAN.Uac", fixup: null });
  });

  it("tells of a fix-up which rules it mends", async () => {
    expect((await sampan("explain", "selinux")).out).toMatch(/^mends +GUESTOS\.Selinux$/m);
  });
});

describe("patch", () => {
  it("prints a unified diff on stdout and writes nothing", async () => {
    const before = await readFile(join(folder, "guest.qcow2"));
    const { exitCode, out, err } = await sampan("patch", "guest.qcow2");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^-SELINUX=enforcing$/m);
    expect(out).toMatch(/^\+SELINUX=disabled$/m);
    expect(err).toContain("the source itself was not touched");
    expect(await readFile(join(folder, "guest.qcow2"))).toEqual(before);
  });
});

describe("convert", () => {
  it.each([
    ["plain.vhd", []],
    ["fixed.vhd", ["--subformat", "fixed", "--used-only"]],
    ["used.raw", ["--used-only", "--patch"]],
    ["used.qcow2", ["--used-only"]],
  ])("writes %s with %j and finds it the same as its source", async (name, flags) => {
    const { exitCode, out } = await sampan("convert", "guest.qcow2", name, ...flags, "--verify", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      verified: true,
      destination: { virtualSizeBytes: 512 * 1024 ** 2 },
    });
    expect((await sampan("inspect", name, "--json")).out).toContain('"family":"debian"');
  });

  it("prints the fields its page describes, and no others", async () => {
    const described = describedFields("convert-json.md");
    const rules = { wholes: new Set(["patch", "missingParent"]) };
    const { out } = await sampan("convert", "guest.qcow2", "fields.vhd", "--patch", "--used-only", "--json");
    const fields = fieldsOf(JSON.parse(out), rules);
    expect(undescribed(fields, described)).toEqual([]);
    expect([...described].filter((field) => !fields.includes(field))).toEqual([]);
  });

  it("does not replace a file unless told to, and never its own source", async () => {
    await writeFile(join(folder, "there.vhd"), "mine");
    const refused = await sampan("convert", "guest.qcow2", "there.vhd");
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining("IMAGE_TARGET_EXISTS")]);
    expect(await readFile(join(folder, "there.vhd"), "utf8")).toBe("mine");
    expect((await sampan("convert", "guest.qcow2", "there.vhd", "--force")).exitCode).toBe(0);
    const own = await sampan("convert", "guest.qcow2", "./guest.qcow2", "--force");
    expect([own.exitCode, own.err]).toEqual([2, expect.stringContaining("the same file")]);
  });

  it("refuses a format it cannot tell, a variant that does not fit, and leaves nothing behind", async () => {
    const before = await readdir(folder);
    expect((await sampan("convert", "guest.qcow2", "out.vdi")).exitCode).toBe(2);
    expect((await sampan("convert", "guest.qcow2", "out.raw", "--subformat", "fixed")).exitCode).toBe(2);
    expect((await sampan("convert", "words.txt", "out.vhd")).exitCode).toBe(1);
    expect((await sampan("convert", "blank.raw", "out.vhd", "--patch")).err).toContain("GUEST_NONE");
    expect(await readdir(folder)).toEqual(before);
  });
});

describe("an image whose parent is not there", () => {
  const held = (sector: number) => sector >= 8 && sector < 11;
  const whole = new Uint8Array(256 * 1024).fill(7);
  beforeAll(() =>
    writeFile(
      join(folder, "lone.vhd"),
      makeDifferencing({
        disk: whole,
        present: held,
        uniqueId: new Uint8Array(16).fill(1),
        parentId: new Uint8Array(16).fill(2),
        locators: { W2ku: "C:\\VMs\\gone.vhd" },
      }),
    ),
  );

  it("is described by what it holds itself, with exit code 3, unless that is refused", async () => {
    const { exitCode, out } = await sampan("inspect", "lone.vhd");
    expect(exitCode).toBe(3);
    expect(out).toMatch(/^changes since +C:\\VMs\\gone\.vhd, which is not there$/m);
    expect(out).toMatch(/^data +1\.5 KiB in 1 run$/m);
    expect(out).toContain("this is not the whole disk");
    const refused = await sampan("inspect", "lone.vhd", "--missing-parent", "refuse", "--json");
    expect([refused.exitCode, JSON.parse(refused.out).code]).toEqual([1, "IMAGE_PART_MISSING"]);
  });

  it("becomes a raw file of what it holds when it is a VHD, with a warning and exit code 3", async () => {
    const { exitCode, err } = await sampan("convert", "lone.vhd", "lone.raw", "--quiet");
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^warning: the parent of .*gone\.vhd.* is not there/);
    const expected = whole.map((byte, at) => (held(Math.floor(at / 512)) ? byte : 0));
    expect(digest(await readFile(join(folder, "lone.raw")))).toBe(digest(expected));
    const { out } = await sampan("convert", "lone.vhd", "lone.raw", "--force", "--json");
    expect(JSON.parse(out)).toMatchObject({ missingParent: { childFormat: "vhd", reason: "absent" } });
  });

  it("becomes no VHD and no QCOW2, is not patched and not thinned, unless zeros are asked for", async () => {
    for (const args of [["lone-copy.vhd"], ["lone.qcow2"], ["l.raw", "--used-only"], ["l.raw", "--patch"]]) {
      const { exitCode, err } = await sampan("convert", "lone.vhd", ...args);
      expect([exitCode, err]).toEqual([1, expect.stringContaining("IMAGE_PART_MISSING")]);
    }
    const asked = ["convert", "lone.vhd", "lone-copy.vhd", "--missing-parent", "zeros"];
    expect((await sampan(...asked, "--used-only")).exitCode).toBe(2);
    expect((await sampan(...asked)).exitCode).toBe(3);
  });

  it("may be refused by name, and a parent in a forbidden place is refused always", async () => {
    const refused = await sampan("convert", "lone.vhd", "no.raw", "--missing-parent", "refuse");
    expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining("IMAGE_PART_MISSING")]);
    await writeFile(
      join(folder, "thief.vhd"),
      makeDifferencing({
        disk: whole,
        present: held,
        uniqueId: new Uint8Array(16).fill(1),
        parentId: new Uint8Array(16).fill(2),
        locators: { W2ru: "/etc/shadow" },
      }),
    );
    const thief = await sampan("convert", "thief.vhd", "no.raw");
    expect([thief.exitCode, thief.err]).toEqual([1, expect.stringContaining("IMAGE_PARENT_REFUSED")]);
    expect(await readdir(folder)).not.toContain("no.raw");
    expect((await sampan("inspect", "thief.vhd")).out).toContain("/etc/shadow, which may not be looked for");
  });
});

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
