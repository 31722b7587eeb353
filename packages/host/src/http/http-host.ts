import type { OpenImageOptions } from "@sampan/image";
import type { Host } from "../host.ts";
import { openImageHost } from "../image-host.ts";
import { HttpClient } from "./http-client.ts";
import { HttpFiles } from "./http-files.ts";
import { type HttpOptions, type HttpTarget, shownUrl } from "./http-target.ts";

/** Options of {@link openHttpHost}. */
export interface HttpHostOptions extends HttpOptions {
  /** How the image is opened; `allowPaths` are folders of the same server. */
  readonly image?: Pick<OpenImageOptions, "format" | "allowPaths" | "snapshot" | "disk">;
  readonly signal?: AbortSignal;
}

/**
 * Opens a disk image on a web server as a host whose disks are those of the file: any image that can be opened from a folder, with the
 * parts and parents it names read from beside it. The server must answer Range requests.
 *
 * A file of an ESXi or vCenter datastore is such a file: `https://HOST/folder/VM/VM.vmdk?dcPath=ha-datacenter&dsName=datastore1`. The
 * address of the descriptor brings its extents along.
 *
 * A disk's identity is what the server says of its files when {@link Host.disks} is called: sizes, ETags and dates. Neither it nor any
 * message holds what may be a signature in the address.
 *
 * @throws `HOST_SOURCE_INVALID`, `HOST_UNREACHABLE`, `HOST_CERTIFICATE_REFUSED`, `HOST_LOGIN_REFUSED`, `HOST_CONNECTION_LOST`,
 * `HOST_ANSWER_INVALID`, `HOST_RANGES_UNSUPPORTED`; reads end in `HOST_SOURCE_CHANGED` once the file is another one. Otherwise as
 * `openDiskImage` of `@sampan/image`.
 *
 * @example
 * ```ts
 * const host = await openHttpHost({ url: "https://files.example.com/exports/web-01.vmdk" });
 * const [disk] = await host.disks();
 * ```
 */
export async function openHttpHost(target: HttpTarget, options: HttpHostOptions = {}): Promise<Host> {
  const { image = {}, signal } = options;
  const client = new HttpClient(target, options);
  const files = new HttpFiles(client, options);
  try {
    const host = await openImageHost({
      title: shownUrl(client.url),
      path: files.path,
      ...(files.path.endsWith("/") && { name: client.url.hostname }),
      options: { ...image, files, ...(signal && { signal }) },
      identityOf: async (file, asked) => {
        const now = await files.versionOf(file, asked);
        return {
          file,
          sizeBytes: now?.sizeBytes ?? null,
          etag: now?.etag ?? null,
          lastModified: now?.lastModified ?? null,
        };
      },
    });
    return {
      ...host,
      async close() {
        await host.close();
        client.close();
      },
    };
  } catch (error) {
    client.close();
    throw error;
  }
}
