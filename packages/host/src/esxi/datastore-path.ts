import { posix } from "node:path";
import { SampanError } from "@sampan/core";

/** Where ESXi mounts its datastores, by name and by id. */
export const volumesFolder = "/vmfs/volumes";

/**
 * The path of a file that is named in the way of VMware, `[datastore1] web-01/web-01.vmx`.
 *
 * @throws `HOST_ANSWER_INVALID` for what is no such name, or leads out of its datastore.
 * @example
 * ```ts
 * fromDatastorePath("[datastore1] web-01/web-01.vmx"); // "/vmfs/volumes/datastore1/web-01/web-01.vmx"
 * ```
 */
export function fromDatastorePath(name: string, volumes = volumesFolder): string {
  const end = name.indexOf("]");
  const datastore = name.slice(1, end);
  const below = name.slice(end + 1).replace(/^ /, "");
  const folder = posix.join(volumes, datastore);
  const path = posix.join(folder, below);
  const sound =
    name.startsWith("[") &&
    end > 1 &&
    below !== "" &&
    !name.includes("\0") &&
    posix.dirname(folder) === posix.normalize(volumes) &&
    path.startsWith(`${folder}/`);
  if (!sound) {
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `reading the name ${JSON.stringify(name.slice(0, 200))}: it is no file of a datastore`,
    );
  }
  return path;
}

/** The name VMware gives to a file of a datastore; the path itself for one that lies elsewhere. */
export function toDatastorePath(path: string, volumes = volumesFolder): string {
  const [datastore = "", ...rest] = path.startsWith(`${volumes}/`)
    ? path.slice(volumes.length + 1).split("/")
    : [];
  return rest.length === 0 ? path : `[${datastore}] ${rest.join("/")}`;
}
