import { formatBytes, GiB } from "@sampan/core";
import { sentence } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import { optionOf, type Rule, stepsOf } from "./rule.ts";

const dated = "ECS ImportImage, 2025-11";
const mostDataDisks = 16;
const largestBytes = 2048 * GiB;
const largestVhdBytes = 2040 * GiB;
const chain = (format: string) =>
  `Migration.from("ssh://root@web-01")\n  .assess()\n  .capture()\n  .${format}()\n  .upload("web-images")\n  .import()`;
const lastRuns = {
  default: {
    runId: "20261101-000000-aaaaa",
    status: "failed" as const,
    host: { disks: [{ name: "sda", sizeBytes: 2044 * GiB, system: true }] },
  },
};

/** SMP120 */
export const diskLimits: Rule = {
  code: "SMP120",
  title: "More or larger disks than an image takes",
  tier: "last run",
  level: "error",
  why: `An image has one system disk and up to 16 data disks, each of 1 to 2,048 GiB (${dated}); a VHD ends at 2,040 GiB. How large the disks are, the last run tells.`,
  mend: "Leave a disk out, shrink it, take `toRaw()` or `toQcow2()` for more than 2,040 GiB, or split the plan.",
  bad: plan(chain("toVhd"), { lastRuns }),
  good: plan(chain("toRaw"), { lastRuns }),
  *check(input) {
    for (const chain of input.chains) {
      const last = lastRunOf(input, chain);
      for (const step of stepsOf(chain, "capture")) {
        const named = optionOf(step, "disks");
        if (named?.kind === "list" && named.items.length > mostDataDisks + 1) {
          yield {
            message: sentence("SMP120.too-many", {
              count: named.items.length,
              most: mostDataDisks,
              source: dated,
            }),
            range: named.usedAt ?? named.range,
          };
          continue;
        }
        const taken = last?.host?.disks?.filter(({ name, system }) => isTaken(named, name, system)) ?? [];
        const vhd = stepsOf(chain, "toVhd")[0];
        for (const { name, sizeBytes } of taken) {
          if (sizeBytes > largestBytes) {
            yield {
              message: sentence("SMP120.too-large", { name, size: formatBytes(sizeBytes), source: dated }),
              range: step.nameRange,
            };
          } else if (vhd && sizeBytes > largestVhdBytes) {
            yield {
              message: sentence("SMP120.vhd", { name, size: formatBytes(sizeBytes) }),
              range: vhd.nameRange,
              fixes:
                vhd.args.length === 0
                  ? [
                      {
                        title: sentence("fix.change", { to: "toRaw()" }),
                        safe: false,
                        edits: [{ range: vhd.nameRange, newText: "toRaw" }],
                      },
                    ]
                  : [],
            };
          }
        }
      }
    }
  },
};

function isTaken(named: ReturnType<typeof optionOf>, name: string, system: boolean): boolean {
  if (named === undefined) return system;
  return named.kind === "list" && named.items.some((item) => item.kind === "text" && item.value === name);
}
