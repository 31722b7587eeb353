import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fleetStarted, hostFinished, hostStarted, runStarted, unreachable } from "../testing/fleet-events.ts";
import { foldFleet } from "../watch/fold-fleet.ts";
import { type FleetReport, fleetReport } from "./fleet-report.ts";
import { fleetReportCsv } from "./report-csv.ts";
import { fleetReportHtml } from "./report-html.ts";

/** A report in which every text that hosts, servers and inventories say is this one. */
function reportSaying(text: string): FleetReport {
  const report = fleetReport(
    foldFleet([
      fleetStarted("1/sh/web-01", "1/bj/web-02"),
      hostStarted(1, "web-01", "1", "sh"),
      runStarted(1, "web-01"),
      hostFinished(9, "web-01", "failed", unreachable),
      hostFinished(9, "web-02", "skipped", null, "web-01 failed"),
    ]),
  );
  const finding = { rule: text, severity: "warning", message: text, hint: text, accepted: text } as const;
  const error = { code: text, message: text, hint: text };
  return {
    ...report,
    wave: text,
    waves: report.waves.map((wave) => ({ ...wave, wave: text, stopped: text })),
    hosts: report.hosts.map((host, index) => ({
      ...host,
      host: text,
      wave: text,
      site: text,
      runId: text,
      because: text,
      images: [{ region: text, imageId: text }],
      findings: [finding],
      error: index === 0 ? error : null,
    })),
  };
}

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "＝",
        "\t",
        "\r",
        "\n",
        " ",
        "\ufeff",
        ",",
        ";",
        '"',
        "'",
        "<",
        ">",
        "&",
        "\u202e",
        "\0",
        "</td>",
        "<script>",
        "-->",
        "a",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

describe("a report, whatever its texts say", () => {
  it("has in CSV a row a host with every cell, none of which a spreadsheet computes", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rows = parse(fleetReportCsv(reportSaying(text))) as readonly (readonly string[])[];
        expect(rows).toHaveLength(3);
        const [head = []] = rows;
        for (const row of rows) {
          expect(row).toHaveLength(head.length);
          for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]|[\t\r\n\0\u202e]/);
        }
      }),
    );
  });

  it("has in HTML the same tags as with any other, and no quote that ends an attribute", () => {
    const tagsOf = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
    const usual = tagsOf(fleetReportHtml(reportSaying("a")));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tagsOf(fleetReportHtml(reportSaying(text))).filter((tag) => tag !== "<br>")).toEqual(usual);
      }),
    );
  });
});
