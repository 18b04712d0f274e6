// Asks the worker, one question at a time, and ends it where an answer takes too long.

export const LONGEST_ANSWER = 5000;

/** The computation took too long and was ended. */
export class Stopped extends Error {}

/** Python did not load, or failed in a way that no command explains. */
export class Failed extends Error {}

export class Answers {
  #worker;
  #ready;
  #last = Promise.resolve();
  #number = 0;
  #prepared = new Set();
  #onLoading;

  /** @param {(isLoading: boolean) => void} onLoading is called when a worker begins to load, and when it is ready */
  constructor(onLoading) {
    this.#onLoading = onLoading;
    this.#start();
  }

  /** The answer to a question; null if isStale says, when its turn has come, that nobody waits for it any more. */
  ask(asked, question, isStale) {
    const turn = this.#last.then(async () => {
      await this.#ready;
      return isStale() ? null : this.#answer(asked, question);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  #start() {
    this.#onLoading(true);
    this.#prepared = new Set();
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.addEventListener("message", ({ data }) => {
        if (data.kind === "failed") reject(new Failed(`Python could not be loaded (${data.words}). Reload the page.`));
        if (data.kind !== "ready") return;
        performance.measure("pyodide", { start: performance.now() - data.pyodide, duration: data.pyodide });
        performance.measure("packages", { start: performance.now() - data.packages, duration: data.packages });
        this.#onLoading(false);
        resolve();
      });
      this.#worker.addEventListener("error", () => reject(new Failed("Python could not be loaded. Reload the page.")));
    });
    this.#ready.catch(() => {});
  }

  // Importing what a kind of question needs is not a part of the computation.
  async #answer(asked, question) {
    if (!this.#prepared.has(asked)) {
      await this.#post(asked, undefined, Infinity);
      this.#prepared.add(asked);
    }
    const began = performance.now();
    const found = await this.#post(asked, question, LONGEST_ANSWER);
    performance.measure(asked, { start: began, end: performance.now() });
    return found;
  }

  #post(asked, question, most) {
    const number = ++this.#number;
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const end = most === Infinity ? 0 : setTimeout(() => {
        worker.terminate();
        this.#start();
        reject(new Stopped(`The computation took more than ${most / 1000} seconds and was stopped.`));
      }, most);
      worker.addEventListener("message", function listener({ data }) {
        if (data.number !== number) return;
        clearTimeout(end);
        worker.removeEventListener("message", listener);
        if (data.kind === "answer") resolve(data.found);
        else reject(new Failed(`The answer failed: ${data.words}`));
      });
      worker.postMessage({ number, asked, question });
    });
  }
}
