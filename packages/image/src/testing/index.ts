export { type HostileCase, hostileCases, writeHostileCase } from "../formats/hostile-cases/index.ts";
export { makeDifferencing } from "../formats/vhd/testing/make-differencing.ts";
export { makeCowd, makeDescriptor, makeSeSparse } from "../formats/vmdk/testing/make-esx.ts";
export { type BlockSourceSubject, blockSourceContract } from "./block-source-contract.ts";
export { firstDifference, readAll, seededRandom, shuffledCuts } from "./cuts.ts";
export { type EncodedImageSubject, encodedImageContract } from "./encoded-image-contract.ts";
export { memorySource } from "./memory-source.ts";
export { type PatternSource, patternSource } from "./pattern-source.ts";
export { type FaultPlan, withFault } from "./with-fault.ts";
