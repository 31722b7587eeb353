import type { HostDisk } from "@sampan/host";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageDefinition } from "../run/stage-definition.ts";

/** The host as it was found. */
export interface SelectOutput {
  readonly title: string;
  /** Name fit for images and objects. */
  readonly name: string;
  readonly disks: readonly HostDisk[];
}

/** Opens the host and lists its disks. */
export const selectStage: StageDefinition<SourceSpec, SelectOutput> = {
  name: "select",
  place: nearDisks,
  summary: (source) => `looking at ${sourceTitle(source)}`,
  async run(source, context) {
    const host = await context.services.openHost(source);
    try {
      return { title: host.title, name: host.name, disks: await host.disks(context.signal) };
    } finally {
      await host.close();
    }
  },
};
