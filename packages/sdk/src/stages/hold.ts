import { isSampanError, type Json, type Resource, SampanError } from "@sampan/core";
import type { Consistency, HeldMoment, Host, HostDisk } from "@sampan/host";
import type { CaptureOptions } from "../plan/options.ts";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";

/** What `hold` holds. */
export interface HoldInput {
  readonly source: SourceSpec;
  /** Those that will be captured. */
  readonly disks: readonly HostDisk[];
  readonly options: Pick<CaptureOptions, "consistency" | "snapshotBytes" | "leaseMs">;
}

/** One moment a disk, in the order of the disks; none for a host whose disks lie still. */
export interface HoldOutput {
  readonly moments: readonly HeldMoment[];
}

const minuteMs = 60_000;

/** A snapshot is kept for a while, so that an interrupted run can go on; what is frozen must not stay so. */
const defaultLeaseMs: Readonly<Record<Consistency, number>> = {
  snapshot: 30 * minuteMs,
  freeze: 2 * minuteMs,
  none: 30 * minuteMs,
};

/**
 * Holds a moment of each disk that will be captured, before anything of them is read or mended: the fix-ups' overlay and every
 * later part of an upload belong to the bytes of that moment.
 *
 * A moment's id comes from the run, so that an attempt after a crash finds what an earlier one made. When one of several disks
 * cannot be held, those that were are let go.
 */
export const holdStage: StageDefinition<HoldInput, HoldOutput> = {
  name: "hold",
  place: nearDisks,
  summary: ({ options }) => sayings[options.consistency ?? "snapshot"],
  async run({ source, disks, options }, context) {
    const host = await context.services.openHost(source);
    const moments: HeldMoment[] = [];
    try {
      if (host.live === undefined) return { moments };
      const consistency = options.consistency ?? "snapshot";
      for (const [index, disk] of disks.entries()) {
        const moment = await host.live.hold(
          disk.name,
          {
            id: `${context.runId}-${index}`,
            consistency,
            leaseMs: options.leaseMs ?? defaultLeaseMs[consistency],
            ...(options.snapshotBytes === undefined ? {} : { snapshotBytes: options.snapshotBytes }),
          },
          context.signal,
        );
        moments.push(moment);
        // What a process that is killed here has made must be known to whoever cleans up.
        await context.record(moment as unknown as Json);
        await tell(source, moment, context);
      }
      return { moments };
    } catch (error) {
      await letGoOf(host, source, moments, context);
      throw withChoices(error);
    } finally {
      await host.close();
    }
  },
};

const sayings: Readonly<Record<Consistency, string>> = {
  snapshot: "taking a snapshot on the host, to read the disk as it is at one moment",
  freeze: "freezing the host's file systems while their disk is read",
  none: "reading the disk while the host writes to it",
};

/** The whitepaper's own words of a disk that is read while it is written to: 5.2, "stop the services that write". */
const warningOfNone =
  "the disk is read while the host writes to it: files that change meanwhile may be torn, and its file systems are as after a power cut. Stop databases and other services that write before.";

async function tell(source: SourceSpec, moment: HeldMoment, context: StageContext): Promise<void> {
  await context.resource(resourceOf(source, moment));
  for (const note of moment.notes) context.log("info", `${moment.disk}: ${note}`);
  if (moment.consistency === "none") context.log("warning", `${moment.disk}: ${warningOfNone}`);
}

/** A held moment as something that is there because of the run, for people and for clean-up. */
export function resourceOf(source: SourceSpec, moment: HeldMoment): Resource {
  return {
    kind: "moment",
    id: momentId(source, moment),
    name: moment.made.length === 0 ? null : moment.made.join(", "),
    region: null,
    billed: false,
    leaseMs: moment.leaseMs,
  };
}

/** What a run's events call a moment. */
export function momentId(source: SourceSpec, { id }: Pick<HeldMoment, "id">): string {
  return `${sourceTitle(source)}#${id}`;
}

async function letGoOf(
  host: Host,
  source: SourceSpec,
  moments: readonly HeldMoment[],
  context: StageContext,
): Promise<void> {
  for (const moment of moments) {
    try {
      // Not by the run's signal: that may be what ended the stage.
      await host.live?.release(moment, AbortSignal.timeout(minuteMs));
      await context.resourceGone(momentId(source, moment));
    } catch (error) {
      context.log("warning", `${moment.disk}: what was held could not be let go: ${String(error)}`);
    }
  }
}

/** The error, with what else can be chosen where this host allows no snapshot or no freeze. */
function withChoices(error: unknown): unknown {
  if (isSampanError(error, "HOST_SNAPSHOT_IMPOSSIBLE")) {
    return new SampanError("HOST_SNAPSHOT_IMPOSSIBLE", error.message, {
      hint: 'Free space in the volume group, or choose: `capture({ consistency: "freeze" })` stops all writing on the host until the disk is read; `"none"` reads it while it changes, as after a power cut. The command takes `--consistency`.',
      details: error.details,
      cause: error,
    });
  }
  return error;
}
