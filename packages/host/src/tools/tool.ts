import type { SampanError } from "@sampan/core";
import type { Observable } from "rxjs";
import type { Argv } from "../connection/shell.ts";
import type { ToolPlace } from "./tool-place.ts";

/** Formats that tools write. */
export type ToolFormat = "raw" | "vhd" | "vhdx" | "vmdk" | "qcow2";

/** Takes what disks of the machine the tool runs on hold, into an image. */
export interface CaptureTask {
  readonly kind: "capture";
  /** What is taken, as the tool's system calls it: `/dev/sda`, or volumes such as `C:`; `*` stands for all volumes of Windows. */
  readonly sources: readonly string[];
  /** Absolute path of the image; on Windows a share is one too: `\\host\VHD_DIR\web-01.vhd`. */
  readonly destination: string;
  readonly format: ToolFormat;
  /** How large the source is, where it is known: for a fraction in the progress. */
  readonly sourceBytes?: number;
}

/** Writes an image in another format. */
export interface ConvertTask {
  readonly kind: "convert";
  /** Absolute paths. */
  readonly source: string;
  readonly destination: string;
  readonly format: ToolFormat;
  /** Every byte has its place in the file from the beginning. Default: it grows. */
  readonly fixed?: boolean;
  readonly sourceBytes?: number;
}

/** What a tool can be asked to do. */
export type ToolTask = CaptureTask | ConvertTask;

/** What people decide about a tool. */
export interface ToolConsent {
  /** That they have read the tool's licence and accept it. Only then is a tool told so. */
  readonly acceptLicence?: boolean;
}

/** What is heard while a tool runs. */
export type ToolEvent =
  | { readonly type: "started"; readonly argv: Argv }
  | {
      readonly type: "progress";
      /** Size of the image so far; `null` when it cannot be told. */
      readonly writtenBytes: number | null;
      /** How much is done, from 0 to 1; `null` when it cannot be told. */
      readonly fraction: number | null;
    }
  | { readonly type: "finished"; readonly sizeBytes: number };

/** Where and how {@link Tool.run} runs. */
export interface ToolRun extends ToolConsent {
  readonly place: ToolPlace;
  /** Path of the program. Default: what {@link Tool.find} finds. */
  readonly program?: string;
  /** How often the size of the image is looked at, in milliseconds. Default: one second. */
  readonly pollMs?: number;
}

/** Why a tool cannot do something, and what can be done instead. */
export interface Unsuitable {
  readonly why: string;
  readonly instead: string;
}

/** Names of the tools. */
export type ToolName =
  | "alip2v"
  | "disk2vhd"
  | "dd"
  | "qemu-img"
  | "vmware-vdiskmanager"
  | "starwind-v2v"
  | "xenconvert";

/**
 * An external tool behind one interface. Sampan's own engine is the default; a tool is a choice. None is ever downloaded.
 *
 * A command is a list of arguments in which names can be no options and no syntax: paths are absolute, and what a system cannot hold
 * in a path is refused.
 */
export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  /** Systems it runs on. */
  readonly systems: readonly ("linux" | "windows")[];
  /** Its maker's page. */
  readonly page: string;
  /** What it would be used for. */
  readonly usedFor: string;
  /** What Sampan does by itself instead. */
  readonly instead: string;
  /** Looks for the program; `undefined` when it is not there. */
  find(place: ToolPlace, signal?: AbortSignal): Promise<string | undefined>;
  /** What it says its version is; `undefined` when it says none. */
  version(place: ToolPlace, program: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Why it cannot do a task; `undefined` when it can. */
  canDo(task: ToolTask): Unsuitable | undefined;
  /**
   * The command for a task.
   *
   * @throws `HOST_TOOL_UNSUITABLE` for what it cannot do, `HOST_TOOL_LICENCE`, `CORE_ARGUMENT` for a path that is not absolute or not one.
   */
  command(task: ToolTask, program: string, consent?: ToolConsent): Argv;
  /**
   * Does a task: cold, nothing happens before it is subscribed to. Unsubscribing ends the tool; what it had written is removed, as it is
   * after a failure. An image that is there already is refused with `IMAGE_TARGET_EXISTS`, and stays.
   */
  run(task: ToolTask, run: ToolRun): Observable<ToolEvent>;
  /** What an exit code means, with what the tool said last; `undefined` when it did what it should. */
  explainExit(exitCode: number, said: string): SampanError | undefined;
}
