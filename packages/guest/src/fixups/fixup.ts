import type { GuestFacts } from "../facts.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";
import type { DiskInspection } from "../inspection.ts";

/** What a user may choose about the fix-ups, beyond which of them run. */
export interface FixupSettings {
  /** What SELinux is set to. */
  readonly selinux: "disabled" | "permissive";
  /** What `PermitRootLogin` of the SSH server is set to; `null` leaves it alone. */
  readonly permitRootLogin: "yes" | "prohibit-password" | null;
}

/** What is done when nothing is said. */
export const defaultSettings: FixupSettings = { selinux: "disabled", permitRootLogin: null };

/** What a fix-up works with. */
export interface FixupContext {
  readonly inspection: DiskInspection;
  readonly settings: FixupSettings;
  /** Tells the reader of the patch what was left as it is, and why. One sentence. */
  note(text: string): void;
  /** Takes back what this fix-up has changed so far: half a mend is none. */
  undo(): void;
}

/**
 * One mend. One file a fix-up; idempotent, needs no network and runs nothing of the guest. It changes single lines and
 * keeps every other byte of a file.
 */
export interface Fixup {
  readonly id: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Whether it has anything to look at in this guest; what there is to do, `apply` sees for itself. */
  appliesTo(guest: GuestFacts, settings: FixupSettings): boolean;
  /** Makes the changes. Called on the overlay only. */
  apply(files: WritableGuestFiles, context: FixupContext): Promise<void>;
}
