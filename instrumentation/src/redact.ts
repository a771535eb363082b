/**
 * Takes secrets out of what a step was given and gave back: by the name they stand under, and by their look.
 *
 * Pure. It errs on the side of hiding.
 */

export const REDACTED = '[redacted]';

/** Endings of names, in lower case without `-`, `_` and spaces. */
const SECRET_ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
  'authorization',
  'cookie',
  'credential',
  'credentials',
  'cardnumber',
  'creditcard',
  'securitycode',
  'cvv',
  'cvc',
  'ssn',
  'iban',
];

/** True for names that secrets stand under: `password`, `apiKey`, `x-auth-token`, `Set-Cookie`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_\s]/g, '');
  return SECRET_ENDINGS.some((ending) => plain.endsWith(ending));
}

const LOOKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_|github_pat_|xox[abprs]-|sk-|sk_live_|rk_live_|glpat-|npm_)[\w-]{10,}/g,
  /(?<=:\/\/)[^\s/:@]{1,256}:[^\s/@]{1,256}(?=@)/g,
];
/** 15 or 16 digits, as on cards; time stamps start with 1. */
const DIGIT_GROUPS = /(?<![\w.-])[2-6](?:[ -]?\d){14,15}(?![\w-])/g;
const LONG_WORD = /[A-Za-z0-9+/_=-]{24,}/g;

/** Replaces whatever in the text looks like a secret: keys, tokens, card numbers, words too random to be words. */
export function redactText(text: string): string {
  let clean = text;
  for (const look of LOOKS) clean = clean.replace(look, REDACTED);
  clean = clean.replace(DIGIT_GROUPS, (digits) => (passesLuhn(digits.replace(/\D/g, '')) ? REDACTED : digits));
  return clean.replace(LONG_WORD, (word) => (looksRandom(word) ? REDACTED : word));
}

/** The check sum of card numbers. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const RANDOM_BITS_PER_CHARACTER = 4.1;

/** Ids in hexadecimal stay below 4 bits a character; base64 of a key lies well above. */
function looksRandom(word: string): boolean {
  const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
  return mixed && entropy(word) > RANDOM_BITS_PER_CHARACTER;
}

function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length);
  return bits;
}
