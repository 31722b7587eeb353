import { SampanError } from "@sampan/core";
import type { Verb } from "../catalogue.ts";
import type { CaptureOptions, PrepareOptions } from "./options.ts";
import { kindNames, type SourceSpec } from "./sources.ts";

/** Tools on a host that write its disk into a share. */
export type ExportTool = "dd" | "disk2vhd";

/** The tool that a capture has the host run; `undefined` where Sampan reads the disk itself. */
export function exportTool({ tool }: CaptureOptions): ExportTool | undefined {
  return tool === "dd" || tool === "disk2vhd" ? tool : undefined;
}

const kindsOf: Readonly<Record<ExportTool, readonly SourceSpec["kind"][]>> = {
  dd: ["ssh", "local"],
  // Over SSH it is the host that says which system it has.
  disk2vhd: ["winrm", "ssh"],
};

const converts = {
  why: "it converts images and captures no disk",
  instead:
    "Leave it out: `toVhd()`, `toRaw()` and `toQcow2()` convert. An image it wrote is a source as it is.",
};

/** Why each of the other tools cannot capture, and what can be done instead. */
const unsuitable: Partial<
  Record<NonNullable<CaptureOptions["tool"]>, { readonly why: string; readonly instead: string }>
> = {
  alip2v: {
    why: "no command line of it is documented, so it is used by hand",
    instead:
      "Start it on the host and give it a share as its destination, such as \\\\convert-01\\VHD_DIR\\web-01.vhd; then begin a plan with that file. `disk2vhd` does the same from a command line.",
  },
  xenconvert: {
    why: "no command line of it is documented, so it is used by hand; and it converts VMDKs, which are read as they are",
    instead: "Begin a plan with the VMDK.",
  },
  "qemu-img": converts,
  "vmware-vdiskmanager": converts,
  "starwind-v2v": converts,
};

/**
 * Refuses what a capture says of a tool and that tool cannot do, or that host has not.
 *
 * @throws `HOST_TOOL_UNSUITABLE` for a tool that cannot capture, or not there; `PLAN_INVALID` for options that do not go together.
 */
export function refuseTool(
  source: SourceSpec,
  options: CaptureOptions,
  prepare: PrepareOptions | undefined,
  at: { readonly step: number; readonly verb: Verb },
): void {
  const step = `step ${at.step} of a plan`;
  const details = { ...at };
  const invalid = (what: string, hint: string) =>
    new SampanError("PLAN_INVALID", `${step}: ${what}`, { hint, details });
  const { tool = "stream" } = options;
  const cannot = unsuitable[tool];
  if (cannot !== undefined) {
    throw new SampanError("HOST_TOOL_UNSUITABLE", `${step}: capturing by ${tool}: ${cannot.why}`, {
      hint: cannot.instead,
      details,
    });
  }
  const exporting = exportTool(options);
  const needless = (
    [...(exporting === "disk2vhd" ? [] : disk2vhdOnly), ...(exporting ? [] : toolOnly)] as const
  ).find((name) => options[name] !== undefined);
  if (needless !== undefined) {
    throw invalid(`${needless} says nothing of a capture by ${tool}`, "Leave it out, or name another tool.");
  }
  if (exporting === undefined) return;
  if (!kindsOf[exporting].includes(source.kind)) {
    throw new SampanError(
      "HOST_TOOL_UNSUITABLE",
      `${step}: capturing by ${exporting}: it runs on ${exporting === "dd" ? "Linux" : "Windows"}, and the host is ${kindNames[source.kind]}`,
      { hint: "Leave the tool out, or begin a plan with the image that it wrote.", details },
    );
  }
  if (options.share === undefined) {
    throw invalid(
      `capturing by ${exporting}, which writes into a share, and none is named`,
      'Say `share: { onHost: "/mnt/store", here: "/srv/images" }`: one folder, as the host and as this machine sees it. `sampan share` makes one.',
    );
  }
  const held = heldOnly.find((name) => options[name] !== undefined && options[name] !== "none");
  if (held !== undefined) {
    throw invalid(
      `${held} says how Sampan holds the disk, and ${exporting} reads it as ${exporting === "dd" ? "it changes" : "Windows holds it"}`,
      "Leave it out, or leave the tool out.",
    );
  }
  if (exporting === "disk2vhd" && options.disks !== undefined) {
    throw invalid("disk2vhd takes volumes and no disks", 'Say `volumes: ["C:"]`.');
  }
  if (exporting === "dd" && prepare !== undefined && prepare.on !== "host") {
    throw invalid(
      "a disk that dd copies while it is in use cannot be mended afterwards: its file systems were not unmounted",
      'Mend the host itself, with `prepare({ on: "host", confirm: true })`, or leave the tool out.',
    );
  }
}

const toolOnly = ["share"] as const;
const disk2vhdOnly = ["volumes", "program", "acceptLicence"] as const;
const heldOnly = ["consistency", "snapshotBytes", "leaseMs"] as const;
