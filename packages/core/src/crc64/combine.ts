/*
 * CRC-64/XZ as OSS computes it: reflected ECMA-182 polynomial, all-ones start and final xor, sent as unsigned decimal.
 *
 * A checksum register shifted over n zero bytes is a linear map over GF(2); it is kept as a 64 × 64 bit matrix, one
 * bigint per column, and made for any n by squaring. The checksum of A followed by B is then shift(|B|)(crc A) xor crc B.
 */

const polynomial = 0xc96c5795d7870f42n;
type Matrix = readonly bigint[];

function apply(matrix: Matrix, vector: bigint): bigint {
  let sum = 0n;
  let rest = vector;
  for (let column = 0; rest !== 0n; column++, rest >>= 1n) {
    if (rest & 1n) sum ^= matrix[column] as bigint;
  }
  return sum;
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return b.map((column) => apply(a, column));
}

const identity: Matrix = Array.from({ length: 64 }, (_, column) => 1n << BigInt(column));

/** Shift over one zero bit, then squared three times for one byte; entry k holds the shift over 2^k bytes. */
const powers: Matrix[] = [];

function power(k: number): Matrix {
  if (powers.length === 0) {
    let matrix: Matrix = identity.map((bit, column) => (column === 0 ? polynomial : bit >> 1n));
    for (let doubling = 0; doubling < 3; doubling++) matrix = multiply(matrix, matrix);
    powers.push(matrix);
  }
  while (powers.length <= k) {
    const last = powers[powers.length - 1] as Matrix;
    powers.push(multiply(last, last));
  }
  return powers[k] as Matrix;
}

const shifts = new Map<number, Matrix>();

function shiftOver(lengthBytes: number): Matrix {
  const known = shifts.get(lengthBytes);
  if (known) return known;
  let matrix = identity;
  let rest = BigInt(lengthBytes);
  for (let k = 0; rest !== 0n; k++, rest >>= 1n) {
    if (rest & 1n) matrix = multiply(power(k), matrix);
  }
  if (shifts.size > 64) shifts.clear();
  shifts.set(lengthBytes, matrix);
  return matrix;
}

/**
 * The CRC-64/XZ of A followed by B, from the checksums of both and the length of B in bytes.
 *
 * The operator for a length is kept, so combining thousands of parts of one size costs microseconds each.
 *
 * Source: {@link https://www.alibabacloud.com/help/en/oss/user-guide/check-data-transmission-integrity-by-using-crc-64 | OSS, CRC-64 check}.
 */
export function combineCrc64(crcA: bigint, crcB: bigint, lengthB: number): bigint {
  return lengthB === 0 ? crcA : apply(shiftOver(lengthB), crcA) ^ crcB;
}
