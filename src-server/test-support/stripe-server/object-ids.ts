/** `pi_1…`, `ch_1…`: unlike each other, and the same in every run of a test. */
export function idMaker(): (prefix: string) => string {
  let count = 0;
  return (prefix) => {
    count += 1;
    return `${prefix}_1Double${String(count).padStart(10, '0')}`;
  };
}
