import type { GuestFacts } from "../facts.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";
import type { DiskInspection } from "../inspection.ts";

/** One mend. One file a fix-up; idempotent, needs no network and runs nothing of the guest. */
export interface Fixup {
  readonly id: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Whether it has anything to do with this guest. */
  appliesTo(guest: GuestFacts): boolean;
  /** Makes the changes. Called on the overlay only. */
  apply(files: WritableGuestFiles, inspection: DiskInspection): Promise<void>;
}
