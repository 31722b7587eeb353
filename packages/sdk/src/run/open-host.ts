import { SampanError } from "@sampan/core";
import { type Host, openImageFileHost } from "@sampan/host";
import { kindNames, type SourceSpec, sourceTitle } from "../plan/sources.ts";

/**
 * Opens the host a source names; close it after use. A new kind of host is one more case.
 *
 * @throws `HOST_KIND_UNSUPPORTED` for a kind that cannot be read; otherwise the errors of that kind of host.
 */
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
        { hint: "Take them by `snapshot` and `createImage`." },
      );
    default:
      throw new SampanError(
        "HOST_KIND_UNSUPPORTED",
        `opening ${sourceTitle(source)}: ${kindNames[source.kind]} cannot be read by this version`,
      );
  }
}
