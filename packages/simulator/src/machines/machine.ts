import type { Content } from "../state/content.ts";

/** What a machine is started from. */
export interface MachineSpec {
  /** Instance id: names its files. */
  readonly id: string;
  readonly bootMode: "BIOS" | "UEFI";
  readonly architecture: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The system disk first. A machine never writes to a content: it works on a throw-away overlay. */
  readonly disks: readonly MachineDisk[];
  /** Guest ports reachable through a port of the loopback: 22 for Linux, 3389 for Windows. */
  readonly forwardPorts: readonly number[];
}

/** One disk of a machine: the bytes of an image's disk, in their format, grown to `sizeBytes`. */
export interface MachineDisk {
  readonly content: Content;
  readonly format: "VHD" | "RAW" | "QCOW2";
  readonly sizeBytes: number;
}

/** A running virtual machine. */
export interface Machine {
  /** Guest port to the port of 127.0.0.1 that leads to it. */
  readonly ports: ReadonlyMap<number, number>;
  /** The last of what the guest wrote to its serial console, at most 64 KiB. */
  console(): Promise<Uint8Array>;
  /** A picture of the display as PNG; `undefined` where none can be made. */
  screenshot(): Promise<Uint8Array | undefined>;
  /** Asks the guest to power off, or cuts the power at once with `force`. Resolves when the machine is gone. */
  stop(force: boolean): Promise<void>;
  /** Resolves when the machine is gone for any reason; never rejects. `failed` says why when it did not end by itself. */
  readonly ended: Promise<{ readonly failed: string | null }>;
}

/** Runs machines where the means are installed. */
export interface MachineHost {
  /** Why machines cannot run here, in one sentence; `null` when they can. */
  readonly unavailable: string | null;
  /** Starts a machine; rejects when the program cannot be started. */
  start(spec: MachineSpec): Promise<Machine>;
  /** Cuts the power of all machines and removes their files. */
  close(): Promise<void>;
}
