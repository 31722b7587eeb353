import { debianGuests } from "./debian.ts";
import { otherGuests } from "./others.ts";
import type { PhonyGuest } from "./phony-guest.ts";
import { redHatGuests } from "./red-hat.ts";

/** A guest of each distribution and age, each with the facts that are to be read of it. */
export const phonyGuests: readonly PhonyGuest[] = [...redHatGuests, ...debianGuests, ...otherGuests];
