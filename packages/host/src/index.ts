export type { Host, HostDisk } from "./host.ts";
