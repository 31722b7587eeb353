import { eventVersion, type Finding, type RunEvent, type RunEventBody } from "@sampan/core";

/** Makes the events of a run, numbered, each at the given second after the start. */
export function eventsOf(bodies: readonly (readonly [second: number, body: RunEventBody])[]): RunEvent[] {
  const startMs = Date.UTC(2026, 10, 23, 12);
  return bodies.map(
    ([second, body], index) =>
      ({
        v: eventVersion,
        runId: "20261123-120000-abcde",
        seq: index + 1,
        at: new Date(startMs + second * 1000).toISOString(),
        ...body,
      }) as RunEvent,
  );
}

/** When runs of {@link eventsOf} start. */
export const runStartMs = Date.UTC(2026, 10, 23, 12);

/** The first event of a rehearsal of three stages. */
export const started: RunEventBody = {
  type: "run.started",
  plan: "f".repeat(64),
  title: "/exports/web-01.vmdk",
  stages: ["assess", "upload", "import"],
  cloud: { name: "simulator", rehearsal: true, endpoint: null },
  folder: "/plans/.sampan/runs/20261123-120000-abcde",
  attempt: 1,
};

/** A warning that a fix-up mends. */
export const finding: Finding = {
  rule: "GUESTOS.Selinux",
  severity: "warning",
  message: "SELinux is enforcing.",
  hint: "Disable it.",
  evidence: [{ kind: "file", path: "/etc/selinux/config", line: 7, text: "SELINUX=enforcing" }],
  fixup: "selinux",
  source: { title: "a page", url: null, date: "2026-11-01" },
  accepted: null,
};

export const MiB = 1024 * 1024;

/** A progress event of the upload. */
export function progress(
  doneMiB: number,
  totalMiB: number | null,
  rateMiB: number | null = 10,
): RunEventBody {
  return {
    type: "stage.progress",
    stage: "upload",
    doneBytes: doneMiB * MiB,
    totalBytes: totalMiB === null ? null : totalMiB * MiB,
    ratePerSecond: rateMiB === null ? null : rateMiB * MiB,
    note: null,
  };
}
