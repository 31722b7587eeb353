import { asSampanError } from "@sampan/core";
import type { HeldMoment } from "@sampan/host";
import type { SourceSpec } from "../plan/sources.ts";
import { nearDisks, type StageDefinition } from "../run/stage-definition.ts";
import { momentId } from "./hold.ts";

/** What `release` lets go of. */
export interface ReleaseInput {
  readonly source: SourceSpec;
  readonly moments: readonly HeldMoment[];
}

/** What is no longer there, and what goes by itself later. */
export interface ReleaseOutput {
  /** Ids of moments that were let go. */
  readonly released: readonly string[];
}

/**
 * Lets go of the moments once nothing of the disks has to be read any more.
 *
 * A host that does not answer by then fails no run: all of its disk was sent, and it lets go by itself when the lease ends.
 */
export const releaseStage: StageDefinition<ReleaseInput, ReleaseOutput> = {
  name: "release",
  place: nearDisks,
  summary: () => "letting go of what was held on the host",
  async run({ source, moments }, context) {
    const released: string[] = [];
    if (moments.length === 0) return { released };
    try {
      const host = await context.services.openHost(source);
      try {
        for (const moment of moments) {
          await host.live?.release(moment, context.signal);
          released.push(moment.id);
          await context.resourceGone(momentId(source, moment));
        }
      } finally {
        await host.close();
      }
    } catch (thrown) {
      context.signal.throwIfAborted();
      const error = asSampanError(thrown);
      const longest = Math.max(...moments.map(({ leaseMs }) => leaseMs));
      context.log(
        "warning",
        `what was held on the host could not be let go (${error.code}: ${error.message}); it goes by itself within ${Math.ceil(longest / 60_000)} minutes`,
      );
    }
    return { released };
  },
};
