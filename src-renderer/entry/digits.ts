/** Entries on a number pad are kept as the digits that were pressed; what they mean is decided when they are read. */

export function isDigit(character: string): boolean {
  return character.length === 1 && character >= '0' && character <= '9';
}

/** Presses a pad key (`7`, `00`) or a typed character; whatever is no digit, or does not fit any more, changes nothing. */
export function pressDigits(digits: string, pressed: string, maximumLength: number): string {
  let result = digits;
  for (const character of pressed) {
    if (isDigit(character) && result.length < maximumLength) result += character;
  }
  return result;
}

export function eraseLast(digits: string): string {
  return digits.slice(0, -1);
}
