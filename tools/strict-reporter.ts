import type { Reporter, TestModule } from 'vitest/node';

interface Options {
  /** Why the tests that need a broker are not part of this run; null when they are. */
  readonly kafkaMissing: string | null;
}

/** Counts every test in one closing line, and fails a run in which one was skipped, left open or never executed. */
export default class StrictReporter implements Reporter {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const skipped = count.skipped + count.pending;
    const { kafkaMissing } = this.#options;
    if (kafkaMissing !== null)
      process.stdout.write(`\nNot run: the tests on a real Kafka, because ${kafkaMissing}.\n`);
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`);
    if (skipped > 0 || count.passed === 0) process.exitCode = 1;
  }
}
