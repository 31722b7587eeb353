import { randomBytes, randomInt } from "node:crypto";

/** An id of a role as RAM makes them: 18 digits, beginning with 3. */
export function newRoleId(): string {
  return `3${digits(12)}00000`;
}

/** An id of a user: 18 digits, beginning with 2. */
export function newUserId(): string {
  return `2${digits(12)}00000`;
}

/** An id of a group. */
export function newGroupId(): string {
  return `g-${randomBytes(8).toString("hex")}`;
}

/** A key for a user: nobody guesses either half. */
export function newKeyPair(): { readonly accessKeyId: string; readonly accessKeySecret: string } {
  return {
    accessKeyId: `LTAI5t${randomBytes(9).toString("hex")}`,
    accessKeySecret: randomBytes(23).toString("base64url").slice(0, 30),
  };
}

function digits(count: number): string {
  return randomInt(10 ** count)
    .toString()
    .padStart(count, "0");
}
