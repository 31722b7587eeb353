import { type ExitCode, SampanError } from "@sampan/core";
import {
  type AdviceInput,
  adviseMigration,
  assessDisk,
  type DiskInspection,
  type MigrationAdvice,
  type ProfileName,
  type RuleInput,
  readDiskLayout,
  readUsedMap,
  rules,
} from "@sampan/guest";
import { linuxProbeText } from "@sampan/host";
import {
  argument,
  type CommandCall,
  type CommandFunction,
  optionList,
  optionSet,
  optionText,
} from "../command-call.ts";
import { hostSource } from "../disk/host-source.ts";
import { inspectTarget, type Target, withImage } from "../disk/open-target.ts";
import { requireGuest } from "../disk/require-guest.ts";
import { printAssessment, verdictOf } from "../render/assessment.ts";
import { type AssessedImage, toSarif } from "../render/sarif.ts";
import { parseBandwidth } from "../terminal/bandwidth.ts";
import { programVersion } from "../version.ts";

/** `sampan assess TARGET [DATA-DISKS...]`: judges a host; exit code 0, 3 with warnings, 5 with blockers. */
export const run: CommandFunction = async (call) => {
  const target = argument(call, 0);
  if (optionSet(call.options, "showProbe")) return showProbe(call);
  const paths = [target, ...call.args.slice(1).filter((path) => path !== undefined)];
  // What is mistyped is told before disks are read.
  const accept = acceptedRules(call);
  const bandwidth = optionText(call.options, "bandwidth");
  const bitsPerSecond = bandwidth === undefined ? undefined : parseBandwidth(bandwidth);
  if (bitsPerSecond === undefined && call.options.hosts !== undefined) {
    throw new SampanError(
      "COMMAND_USAGE",
      "--hosts says how many hosts share a line, and no line was given",
      {
        hint: "Add --bandwidth, such as --bandwidth 100mbit.",
      },
    );
  }
  const hosts = await Promise.all(paths.map((path) => hostSource(call, path)));
  if (paths.length > 1 && hosts.some((host) => host !== undefined)) {
    throw new SampanError("COMMAND_USAGE", "data disks go with image files; a host is assessed as a whole", {
      hint: "Give the host alone.",
    });
  }
  const [host] = hosts;
  if (host?.kind === "ecs") {
    const { assessInstance } = await import("../run/assess-instance.ts");
    return assessInstance(call, host, accept);
  }
  const cloudly = ["cloud", "account"].find((name) => call.options[name] !== undefined);
  if (cloudly !== undefined) {
    throw new SampanError(
      "COMMAND_USAGE",
      `--${cloudly} says nothing of ${target}: it is for ecs:// instances`,
      {
        hint: "Leave it out.",
      },
    );
  }
  const profile = (optionText(call.options, "profile") as ProfileName | undefined) ?? "current";
  return withImages(call, paths, async (disks): Promise<ExitCode> => {
    const [system, ...others] = disks as [Target, ...Target[]];
    const inspection = await inspectTarget(system);
    // As in a plan: whoever accepts that nothing is to boot from it has the rest of it judged.
    const guest = Object.hasOwn(accept, "GUESTOS.SystemImage")
      ? inspection.guest
      : requireGuest(inspection, `assessing ${target}`);
    const inputs = await ruleInputs(call, inspection, system, others);
    const images: AssessedImage[] = inputs.map((input, index) => ({
      path: paths[index] ?? target,
      sizeBytes: input.disk.sizeBytes,
      findings: assessDisk(input, { profile, accept }),
    }));
    const findings = images.flatMap((image) => image.findings);
    const verdict = verdictOf(findings);
    const advice = bitsPerSecond === undefined ? null : await adviceFor(call, bitsPerSecond, inputs, disks);
    const { output } = call;
    const [first, ...dataDisks] = images as [AssessedImage, ...AssessedImage[]];
    if (optionSet(call.options, "sarif")) {
      output.json(toSarif({ version: programVersion(), profile, rules, images, exitCode: verdict.exitCode }));
    } else if (output.asJson) {
      const { notes } = inspection;
      output.json({
        target,
        profile,
        verdict: verdict.name,
        guest,
        findings: first.findings,
        dataDisks,
        advice,
        notes,
      });
    } else {
      printAssessment(output, { guest, profile, first, dataDisks, notes: inspection.notes, advice, verdict });
    }
    return verdict.exitCode;
  });
};

/** Prints what would be run on a Linux host: people read it before they allow it. */
function showProbe({ output }: CommandCall): ExitCode {
  if (output.asJson) output.json({ probe: linuxProbeText() });
  else output.data(linuxProbeText());
  return 0;
}

/** Opens every image, hands them over, and closes them in the reverse order. */
async function withImages<T>(
  call: CommandCall,
  paths: readonly string[],
  use: (images: readonly Target[]) => Promise<T>,
  opened: readonly Target[] = [],
): Promise<T> {
  const [path, ...rest] = paths;
  if (path === undefined) return use(opened);
  return withImage(call, path, (image) => withImages(call, rest, use, [...opened, image]));
}

async function ruleInputs(
  call: CommandCall,
  inspection: DiskInspection,
  system: Target,
  others: readonly Target[],
): Promise<readonly RuleInput[]> {
  const format = optionText(call.options, "sendAs");
  const origin = optionText(call.options, "origin") as RuleInput["origin"];
  const about = {
    diskCount: system.hostDisks ?? 1 + others.length,
    ...(format === undefined ? {} : { sentAs: format }),
    ...(origin === undefined ? {} : { origin }),
  };
  const layouts = [];
  for (const { source } of others) layouts.push(await readDiskLayout(source));
  return [
    { ...about, inspection, dataDisks: layouts, disk: { sizeBytes: system.source.sizeBytes, system: true } },
    ...layouts.map((layout) => ({
      ...about,
      inspection: { layout, guest: null, notes: layout.notes },
      disk: { sizeBytes: layout.sizeBytes, system: false },
    })),
  ];
}

/** What `--accept ID=REASON` says, by id. */
function acceptedRules(call: CommandCall): Readonly<Record<string, string>> {
  const pairs = optionList(call.options, "accept").map((text) => {
    const [id = "", ...words] = text.split("=");
    const reason = words.join("=").trim();
    if (reason !== "") return [id.trim(), reason] as const;
    throw new SampanError("COMMAND_USAGE", `accepting ${JSON.stringify(text)}, which gives no reason`, {
      hint: 'Write --accept "GUESTOS.Virtio=booted in a test".',
    });
  });
  return Object.fromEntries(pairs);
}

async function adviceFor(
  call: CommandCall,
  bitsPerSecond: number,
  inputs: readonly RuleInput[],
  images: readonly Target[],
): Promise<MigrationAdvice> {
  const disks: AdviceInput["disks"][number][] = [];
  for (const [index, { inspection, disk }] of inputs.entries()) {
    const source = images[index]?.source;
    const used = source === undefined ? undefined : await readUsedMap(source, inspection.layout);
    disks.push({ ...disk, usedBytes: used?.map.dataBytes ?? null });
  }
  const hosts = call.options.hosts;
  return adviseMigration({
    hosts: typeof hosts === "number" ? hosts : 1,
    disks,
    bandwidth: { bitsPerSecond, kind: "stated" },
  });
}
