import { namesIn } from "@sampan/core";
import { fleetSentences } from "@sampan/fleet";
import { expect, it } from "vitest";
import { englishLeft } from "../../testing/english-left.ts";
import { chineseFleetSentences } from "./fleet-sentences.ts";

it("has every sentence of a fleet's dry run and simulation, with its facts, and no English but names", () => {
  expect(Object.keys(chineseFleetSentences).sort()).toEqual(Object.keys(fleetSentences).sort());
  for (const [key, text] of Object.entries(fleetSentences)) {
    const chinese = chineseFleetSentences[key as keyof typeof fleetSentences];
    expect([key, namesIn(chinese)]).toEqual([key, namesIn(text)]);
    expect([key, englishLeft(chinese.replaceAll(/\{\w+\}/g, "1"))]).toEqual([key, []]);
  }
});
