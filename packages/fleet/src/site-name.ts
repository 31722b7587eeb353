/** What the name of a site is: letters and digits of any script, as inventories, workers and policies write it. */
export const siteNamePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
