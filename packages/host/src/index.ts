export type { Host, HostDisk } from "./host.ts";
export { type ImageFileOptions, openImageFileHost } from "./image-file-host.ts";
