// Identifiers that the window chooses for objects it draws, so that an object keeps one identity from the first frame on.
// The text is the core's: 128 random bits as 26 characters of lower-case Crockford base 32 (`abox-ids`).

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 bytes as text. */
export function identifierText(bytes: Uint8Array): string {
  let text = '';
  let [pending, bits] = [0, 0];
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(pending >> bits) & 31];
      pending &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + ALPHABET[(pending << (5 - bits)) & 31] : text;
}

/** A new random identifier. */
export function newIdentifier(): string {
  return identifierText(crypto.getRandomValues(new Uint8Array(16)));
}
