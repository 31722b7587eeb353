export { openLocalShell } from "./connection/local-shell.ts";
export type { Argv, CommandOptions, CommandResult, RunningCommand, Shell } from "./connection/shell.ts";
export type { SshConnectionOptions } from "./connection/ssh/ssh-connection.ts";
export { openSshShell } from "./connection/ssh/ssh-shell.ts";
export { parseSshTarget, type SshTarget } from "./connection/ssh/ssh-target.ts";
export { openWindowsSshShell } from "./connection/windows/open-windows-ssh-shell.ts";
export type { WindowsCommandOptions, WindowsShell } from "./connection/windows/windows-shell.ts";
export { openWinrmShell, type WinrmOptions } from "./connection/winrm/open-winrm-shell.ts";
export { parseWinrmTarget, type WinrmTarget } from "./connection/winrm/winrm-target.ts";
export { type EsxiHostOptions, type EsxiTarget, openEsxiHost } from "./esxi/esxi-host.ts";
export { type EsxiLeftover, findEsxiLeftovers } from "./esxi/leftovers.ts";
export { type EsxiMachineEntry, type ListedEsxiMachine, listEsxiMachines } from "./esxi/list-machines.ts";
export type { EsxiPower } from "./esxi/power.ts";
export type {
  Consistency,
  DiskExport,
  ExportedDisk,
  HeldMoment,
  HoldOptions,
  Host,
  HostChange,
  HostDisk,
  HostLeftover,
  HostPreparation,
  HostPreparationOptions,
  LiveMachine,
  PreparedMachine,
} from "./host.ts";
export { type HttpHostOptions, openHttpHost } from "./http/http-host.ts";
export type { HttpOptions, HttpProxy, HttpTarget } from "./http/http-target.ts";
export { type ImageFileOptions, openImageFileHost } from "./image-file-host.ts";
export { captureByDd, type DdCapture, type DdCaptured, type DdCaptureOptions } from "./linux/dd-capture.ts";
export {
  type DeviceToRead,
  type DiskMoments,
  type LinuxHostParts,
  openLinuxHost,
} from "./linux/linux-host.ts";
export { findLeftovers, type Leftover, removeLeftover } from "./linux/moments/leftovers.ts";
export { type LinuxMoments, type LinuxMomentsOptions, linuxMoments } from "./linux/moments/linux-moments.ts";
export { linuxProbeText } from "./linux/probe/probe-text.ts";
export { openRemoteDisk, type RemoteDiskOptions } from "./linux/remote-disk/open-remote-disk.ts";
export type { WireCompression } from "./linux/remote-disk/wire-packing.ts";
export { type HostSurvey, surveyedTools, surveyLinux } from "./linux/survey-host.ts";
export { shareHints } from "./share/hints.ts";
export { type MountOptions, mountShare } from "./share/mount-share.ts";
export { type NfsShareOptions, nfsShare } from "./share/nfs-share.ts";
export { recordedNames, recordedWork } from "./share/recorded-work.ts";
export { applySteps, previewSteps, type ShareWork, type StepWatch, undoSteps } from "./share/run-steps.ts";
export { readShareRecords, type ShareRecord, type ShareRecords } from "./share/share-record.ts";
export { type SmbShareOptions, smbShare } from "./share/smb-share.ts";
export type { Step, StepReport, StepState } from "./share/step.ts";
export { listTools, type ToolListing, tools } from "./tools/registry.ts";
export type {
  CaptureTask,
  ConvertTask,
  Tool,
  ToolConsent,
  ToolEvent,
  ToolFormat,
  ToolName,
  ToolRun,
  ToolTask,
  Unsuitable,
} from "./tools/tool.ts";
export { shellPlace, type ToolPlace } from "./tools/tool-place.ts";
export { openWindowsHost } from "./windows/windows-host.ts";
