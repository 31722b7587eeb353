import { SampanError } from "@sampan/core";
import type { DiskInspection, GuestFacts } from "@sampan/guest";

/** Gives the guest of an inspection, or refuses with `GUEST_NONE`; `doing` says what it was needed for. */
export function requireGuest(inspection: DiskInspection, doing: string): GuestFacts {
  if (inspection.guest !== null) return inspection.guest;
  throw new SampanError("GUEST_NONE", `${doing}: no operating system was found on the disk`, {
    details: { notes: inspection.notes },
  });
}
