/** A host for where there is little room: of a path its last part, of an address all of it. */
export function shortHost(host: string): string {
  return /^[a-z]+:\/\//.test(host) ? host : host.split(/[\\/]/).at(-1) || host;
}
