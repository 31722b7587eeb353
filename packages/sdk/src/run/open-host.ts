import { assertNever, SampanError } from "@sampan/core";
import { type Host, openImageFileHost } from "@sampan/host";
import { type SourceSpec, sourceTitle } from "../plan/plan.ts";

/** Opens the host a plan names. A new kind of host is one more case. */
export async function openHost(source: SourceSpec): Promise<Host> {
  switch (source.kind) {
    case "image-file": {
      const { format, disk, allowPaths, snapshot } = source;
      return openImageFileHost(source.path, {
        ...(format === undefined ? {} : { format }),
        ...(disk === undefined ? {} : { disk }),
        ...(allowPaths === undefined ? {} : { allowPaths }),
        ...(snapshot === undefined ? {} : { snapshot }),
      });
    }
    case "ecs":
      throw new SampanError(
        "HOST_KIND_UNSUPPORTED",
        `reading the disks of ${sourceTitle(source)}: an instance's disks stay in the cloud`,
        {
          hint: "Take them by `snapshot` and `createImage`.",
        },
      );
    default:
      return assertNever(source);
  }
}
