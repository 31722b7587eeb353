import type { JsonObject } from "@sampan/core";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";

/** A page as DescribeX actions take it by its number. */
export interface NumberedPage {
  readonly number: number;
  readonly size: number;
  /** The part of a list that stands on the page. */
  cut<T>(list: readonly T[]): readonly T[];
  /** The fields of the answer that say which page it is. */
  totals(total: number): JsonObject;
}

/** `PageNumber` and `PageSize`. */
export function readPage(parameters: RpcParameters, largest = 100): NumberedPage {
  const number = parameters.integer("PageNumber", { min: 1, max: 1_000_000 }) ?? 1;
  const size = parameters.integer("PageSize", { min: 1, max: largest }) ?? 10;
  return {
    number,
    size,
    cut: (list) => list.slice((number - 1) * size, number * size),
    totals: (total) => ({ TotalCount: total, PageNumber: number, PageSize: size }),
  };
}

/** A part of a list, and the fields of the answer that belong to it. */
export interface ListPart<T> {
  readonly shown: readonly T[];
  readonly fields: JsonObject;
}

/**
 * The part of a list a call asks for: from `NextToken` on when `MaxResults` or `NextToken` is given, else a numbered page.
 *
 * A token names the last thing shown, so that nothing is left out when things are deleted between two calls. The list must
 * be in the order of `newestFirst`. A token not made here is refused with `InvalidParameter.NextToken`.
 */
export function partOf<T extends { readonly createdAtMs: number }>(
  parameters: RpcParameters,
  list: readonly T[],
  idOf: (item: T) => string,
): ListPart<T> {
  const size = parameters.integer("MaxResults", { min: 1, max: 100 });
  const token = parameters.text("NextToken");
  if (size === undefined && token === undefined) {
    const page = readPage(parameters);
    return { shown: page.cut(list), fields: { ...page.totals(list.length), NextToken: "" } };
  }
  const start = token === undefined ? 0 : startAfter(readToken(token), list, idOf);
  const shown = list.slice(start, start + (size ?? 10));
  const last = shown.at(-1);
  const hasMore = last !== undefined && start + shown.length < list.length;
  const NextToken = hasMore ? makeToken(last.createdAtMs, idOf(last)) : "";
  return {
    shown,
    fields: { TotalCount: list.length, PageNumber: 1, PageSize: size ?? 10, NextToken },
  };
}

/** Sorts a list newest first, things of one moment by their ids. */
export function newestFirst<T extends { readonly createdAtMs: number }>(
  list: readonly T[],
  idOf: (item: T) => string,
): readonly T[] {
  return [...list].sort((a, b) => b.createdAtMs - a.createdAtMs || (idOf(a) < idOf(b) ? -1 : 1));
}

function startAfter<T extends { readonly createdAtMs: number }>(
  last: { readonly atMs: number; readonly id: string },
  list: readonly T[],
  idOf: (item: T) => string,
): number {
  const next = list.findIndex(
    (item) => item.createdAtMs < last.atMs || (item.createdAtMs === last.atMs && idOf(item) > last.id),
  );
  return next === -1 ? list.length : next;
}

function makeToken(atMs: number, id: string): string {
  return Buffer.from(`${atMs} ${id}`).toString("base64url");
}

function readToken(token: string): { readonly atMs: number; readonly id: string } {
  const text = Buffer.from(token.slice(0, 256), "base64url").toString("latin1");
  const match = /^(\d{1,16}) ([a-z0-9-]{1,64})$/.exec(text);
  if (!match) throw new RpcError(400, "InvalidParameter.NextToken", "The NextToken is none given before.");
  return { atMs: Number(match[1]), id: match[2] ?? "" };
}
