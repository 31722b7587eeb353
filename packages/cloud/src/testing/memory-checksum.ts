/*
 * CRC-64/XZ by a table, in two halves of 32 bits: slow and plain on purpose, so that the store of the tests does not share
 * a mistake with the engine it checks.
 */

const lowPolynomial = 0xd7870f42;
const highPolynomial = 0xc96c5795;
const low = new Uint32Array(256);
const high = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let lowBits = byte;
  let highBits = 0;
  for (let bit = 0; bit < 8; bit++) {
    const carry = lowBits & 1;
    lowBits = (lowBits >>> 1) | ((highBits & 1) << 31);
    highBits >>>= 1;
    if (carry) {
      lowBits ^= lowPolynomial;
      highBits ^= highPolynomial;
    }
  }
  low[byte] = lowBits >>> 0;
  high[byte] = highBits >>> 0;
}

/** CRC-64/XZ of some bytes. */
export function plainCrc64(bytes: Uint8Array): bigint {
  let lowBits = 0xffffffff;
  let highBits = 0xffffffff;
  for (const byte of bytes) {
    const index = (lowBits ^ byte) & 0xff;
    lowBits = (((lowBits >>> 8) | (highBits << 24)) ^ (low[index] as number)) >>> 0;
    highBits = ((highBits >>> 8) ^ (high[index] as number)) >>> 0;
  }
  return (BigInt(~highBits >>> 0) << 32n) | BigInt(~lowBits >>> 0);
}
