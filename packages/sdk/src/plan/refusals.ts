import { SampanError } from "@sampan/core";
import type { Verb, VerbEntry } from "../catalogue.ts";
import type { CaptureOptions, PrepareOptions } from "./options.ts";
import { kindNames, mayRun, type SourceSpec } from "./sources.ts";

/*
 * What a plan cannot say of its kind of host. It is refused when the step is added, so that an editor and the program say the same, and
 * nothing was reached yet.
 */

/** Which step is looked at. */
interface StepDetails {
  readonly step: number;
  readonly verb: Verb;
}

/** Refuses a verb that is for other kinds of hosts. */
export function refuseForeignKind(
  { kind }: SourceSpec,
  verb: Verb,
  { hosts }: VerbEntry,
  details: StepDetails,
): void {
  if (hosts === undefined || hosts.includes(kind)) return;
  const [first, ...others] = hosts.map((one) => kindNames[one]);
  const like = others.length === 0 ? "" : " and other hosts whose disks are read";
  throw new SampanError(
    "PLAN_INVALID",
    `step ${details.step} of a plan: ${verb} is for ${first}${like}, and the host is ${kindNames[kind]}`,
    {
      hint:
        hintsByKind[kind] ??
        "What is read disk by disk is taken by `assess`, `capture`, a format, `upload` and `import`.",
      details: { ...details },
    },
  );
}

const hintsByKind: Partial<Record<SourceSpec["kind"], string>> = {
  ecs: "An instance's disks are taken by `snapshot` and `createImage`, inside the cloud.",
  winrm:
    'A live Windows host is judged by `assess`, and captured by `capture({ tool: "disk2vhd" })`. Or begin a plan with the image of its disk.',
};

/** Refuses options about a moment for disks that lie still: they would do nothing. */
export function refuseNeedless(source: SourceSpec, options: CaptureOptions, details: StepDetails): void {
  if (source.kind === "winrm" && (options.tool ?? "stream") === "stream") {
    throw new SampanError(
      "PLAN_INVALID",
      `step ${details.step} of a plan: the disks of ${kindNames[source.kind]} are not read from here`,
      {
        hint: 'Have the host write it into a share: `capture({ tool: "disk2vhd", share: { onHost: "\\\\\\\\convert-01\\\\VHD_DIR", here: "/srv/vhd" }, acceptLicence: true })`. Or begin a plan with the image of its disk.',
        details: { ...details },
      },
    );
  }
  if (mayRun(source) || source.kind === "winrm") return;
  const needless = (["consistency", "snapshotBytes", "leaseMs"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (needless === undefined) return;
  throw new SampanError(
    "PLAN_INVALID",
    `step ${details.step} of a plan: ${needless} is for hosts that run, and the host is ${kindNames[source.kind]}`,
    {
      hint: "Leave it out: such a disk does not change while it is read.",
      details: { ...details },
    },
  );
}

/** Kinds of hosts whose running system is reached, so that it can be changed where it is. */
const preparable: readonly SourceSpec["kind"][] = ["ssh", "local", "winrm"];

/** Refuses to prepare a machine that does not run, or whose system is not reached; and a copy where nothing could be mended. */
export function refuseUnreachable({ kind }: SourceSpec, { on }: PrepareOptions, details: StepDetails): void {
  if (on !== "host") {
    if (kind !== "winrm") return;
    throw new SampanError(
      "PLAN_INVALID",
      `step ${details.step} of a plan: no fix-up writes into a copy of Windows, and the host is ${kindNames[kind]}`,
      {
        hint: 'Mend the host itself, with `prepare({ on: "host", confirm: true })`.',
        details: { ...details },
      },
    );
  }
  if (preparable.includes(kind)) return;
  throw new SampanError(
    "PLAN_INVALID",
    `step ${details.step} of a plan: \`on: "host"\` is for hosts whose running system is reached, and the host is ${kindNames[kind]}`,
    { hint: "Leave it out: the fix-ups are then applied to the copy.", details: { ...details } },
  );
}
