/** Answers may overtake each other: what the server told with a later request is newer, whenever it comes. */
export class LatestWord {
  private toldWith = 0;

  /** @param request the requests of a line are 1, 2, 3 … */
  isNews(request: number): boolean {
    if (request < this.toldWith) return false;
    this.toldWith = request;
    return true;
  }
}
