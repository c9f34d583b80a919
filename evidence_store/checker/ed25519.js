// Ed25519 verification (RFC 8032, 5.1.7) in plain numbers: browsers differ in what they accept, this does not.

const FIELD = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const NEUTRAL = [0n, 1n, 1n, 0n]; // points are X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z

function modulo(value) {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function power(base, exponent) {
  let [result, square] = [1n, modulo(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

const CURVE_D = modulo(-121665n * power(121666n, FIELD - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (FIELD - 1n) / 4n);
const BASE = decodePoint(fromHex("58" + "66".repeat(31)));

function littleEndian(bytes) {
  return BigInt("0x0" + toHex(Uint8Array.from(bytes).reverse()));
}

function decodePoint(bytes) {
  const sign = bytes[31] >> 7;
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  if (y >= FIELD) return null;
  const top = modulo(y * y - 1n);
  const bottom = modulo(CURVE_D * y * y + 1n);
  let x = modulo(top * power(bottom, 3n) * power(top * power(bottom, 7n), (FIELD - 5n) / 8n));
  if (modulo(bottom * x * x + top) === 0n) x = modulo(x * ROOT_OF_MINUS_ONE);
  if (modulo(bottom * x * x - top) !== 0n || (x === 0n && sign === 1)) return null;
  if (Number(x & 1n) !== sign) x = FIELD - x;
  return [x, y, 1n, modulo(x * y)];
}

function addPoints(one, other) {
  const a = modulo((one[1] - one[0]) * (other[1] - other[0]));
  const b = modulo((one[1] + one[0]) * (other[1] + other[0]));
  const c = modulo(2n * one[3] * other[3] * CURVE_D);
  const d = modulo(2n * one[2] * other[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

function multiply(scalar, point) {
  let [result, doubled] = [NEUTRAL, point];
  for (let left = scalar; left > 0n; left >>= 1n) {
    if (left & 1n) result = addPoints(result, doubled);
    doubled = addPoints(doubled, doubled);
  }
  return result;
}

function samePoint(one, other) {
  return modulo(one[0] * other[2] - other[0] * one[2]) === 0n && modulo(one[1] * other[2] - other[1] * one[2]) === 0n;
}

async function signatureFits(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [publicPoint, commitment] = [decodePoint(key), decodePoint(signature.slice(0, 32))];
  const scalar = littleEndian(signature.slice(32));
  if (publicPoint === null || commitment === null || scalar >= ORDER) return false;
  if (samePoint(multiply(8n, publicPoint), NEUTRAL) || samePoint(multiply(8n, commitment), NEUTRAL)) return false;
  const hashed = await hash("SHA-512", joined(signature.slice(0, 32), key, message));
  const right = addPoints(commitment, multiply(littleEndian(hashed) % ORDER, publicPoint));
  return samePoint(multiply(scalar, BASE), right);
}

function joined(...parts) {
  const result = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let place = 0;
  for (const part of parts) {
    result.set(part, place);
    place += part.length;
  }
  return result;
}
