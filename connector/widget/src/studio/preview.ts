/** What a correction would look like, while it is dragged: one question at a time, the newest wins. */
import type { Changes } from "../document";
import type { Edit } from "./api";

export class Preview {
  private wanted: Edit | null = null;
  private asking = false;
  private asked = "";
  private round = 0;

  constructor(private readonly ask: (edit: Edit) => Promise<Changes>, private readonly show: (changes: Changes) => void) {}

  want(edit: Edit): void {
    this.wanted = edit;
    if (!this.asking) void this.next();
  }

  /** Answers that are still under way show nothing any more, but for that about the `last` edit, which is being saved. */
  end(last: Edit | null = null): void {
    this.wanted = null;
    if (!last || JSON.stringify(last) !== this.asked) this.round += 1;
  }

  private async next(): Promise<void> {
    const edit = this.wanted;
    if (!edit) return;
    this.wanted = null;
    this.asking = true;
    this.asked = JSON.stringify(edit);
    const { round } = this;
    const answer = await this.ask(edit).catch(() => null); // the edit itself will say what is wrong
    this.asking = false;
    this.asked = "";
    if (answer && round === this.round && !answer.rebuilt) this.show(answer);
    void this.next();
  }
}
