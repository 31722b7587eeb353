export { openLocalShell } from "./connection/local-shell.ts";
export type { Argv, CommandOptions, CommandResult, RunningCommand, Shell } from "./connection/shell.ts";
export type { WindowsCommandOptions, WindowsShell } from "./connection/windows/windows-shell.ts";
export { openWinrmShell, type WinrmOptions } from "./connection/winrm/open-winrm-shell.ts";
export { parseWinrmTarget, type WinrmTarget } from "./connection/winrm/winrm-target.ts";
export type { Consistency, HeldMoment, HoldOptions, Host, HostDisk, LiveMachine } from "./host.ts";
export { type HttpHostOptions, openHttpHost } from "./http/http-host.ts";
export type { HttpOptions, HttpProxy, HttpTarget } from "./http/http-target.ts";
export { type ImageFileOptions, openImageFileHost } from "./image-file-host.ts";
