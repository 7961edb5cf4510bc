/** What somebody sees who opens the till without its link, or with one that was used before. */
export function linkUsedPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast: this link does not open the till</title>
<style>
  body { font: 20px/1.5 system-ui, sans-serif; color: #1b2420; background: #f4f5f2; display: grid; place-items: center; min-height: 100vh; margin: 0 }
  main { max-width: 34rem; padding: 2rem }
  h1 { font-size: 28px; margin: 0 0 1rem }
</style>
<main>
  <h1>This link does not open the till</h1>
  <p>The link that Holdfast prints when it starts opens the till once, in the browser that opens it first.
  This one was used before, is incomplete, or belongs to an earlier start.</p>
  <p>Close Holdfast, start it again and open the new link. Nothing is lost by that: an open sale is still there.</p>
</main>
</html>
`;
}
