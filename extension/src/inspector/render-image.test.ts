import { describe, expect, it } from "vitest";
import { type ImageWords, type Judgement, renderImage, renderJudgement } from "./render-image.ts";

const words: ImageWords = {
  facts: "Image",
  partitions: "Partitions",
  guest: "Guest",
  columns: ["Number", "Start", "Size", "Type", "File system"],
  format: "Format",
  virtualSize: "Size of the disk",
  fileSize: "Size of the file",
  data: "Data in it",
  used: "In use by the guest",
  patch: "Show Fix-ups as a Diff",
  guestFacts: {
    name: "System",
    version: "Version",
    architecture: "Architecture",
    bootMode: "Boot mode",
    hostname: "Host name",
  },
  findings: "Findings",
  judging: "Judging…",
  noFindings: "Nothing was found.",
  findingColumns: ["Severity", "Rule", "What was found"],
  severities: { blocker: "Blocker", warning: "Warning", info: "Note" },
  mendedBy: (fixup) => `Mended by ${fixup}.`,
};

const report = {
  format: "qcow2",
  virtualSizeBytes: 512 * 1024 ** 2,
  layout: {
    table: {
      partitions: [{ number: 1, typeName: "Linux", range: { offset: 1024 ** 2, length: 511 * 1024 ** 2 } }],
    },
    volumes: [{ partition: { number: 1 }, fileSystem: { kind: "ext4", label: "<root>" } }],
  },
  guest: { name: "Debian", hostname: "web-01" },
};

const html = (judgement: Judgement) => renderJudgement(judgement, words);

describe("what is shown of an image", () => {
  it("is its form, its partitions and its guest, with texts of the image as texts", () => {
    const shown = renderImage("web-01.qcow2", report, words);
    expect(shown).toContain('<th scope="row">Size of the disk</th><td>512 MiB</td>');
    expect(shown).toContain("<td>511 MiB</td><td>Linux</td><td>ext4 &lt;root&gt;</td>");
    expect(shown).toContain('<th scope="row">Host name</th><td>web-01</td>');
    expect(shown).toContain("<tr><td>1</td><td>1 MiB</td>");
    expect(shown).toContain(
      '<section id="findings" aria-live="polite"><h2>Findings</h2><p>Judging…</p></section>',
    );
    expect(shown).not.toContain("Version");
  });

  it("is how it is judged, with what mends each finding", () => {
    const fstab = {
      rule: "GUESTOS.Fstab",
      severity: "warning",
      message: "/ is on </td>",
      hint: "By hand.",
      fixup: "fstab",
    };
    const size = { rule: "SAMPAN.DiskSize", severity: "blocker", message: "Too large.", hint: "Take less." };
    const shown = html({ state: "judged", report: { findings: [fstab, size] } });
    expect(shown).toContain("<td>Warning</td><td>GUESTOS.Fstab</td><td>/ is on &lt;/td&gt;<br>");
    expect(shown).toContain("Mended by fstab.");
    expect(shown).not.toContain("By hand.");
    expect(shown).toContain("<td>Blocker</td><td>SAMPAN.DiskSize</td><td>Too large.<br>");
    expect(shown).toContain("Take less.");
  });

  it("is that nothing was found, or why nothing can be told", () => {
    expect(html({ state: "judged", report: { findings: [] } })).toContain("Nothing was found.");
    expect(html({ state: "failed", message: "no <guest>" })).toContain(
      '<p class="problem">no &lt;guest&gt;</p>',
    );
  });
});
