/** See `common-js.mjs`. */
export const commonJs: string;
