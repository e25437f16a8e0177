/** How to bring up something that speaks the public API, and how to take it down again. */
export type Harness = { start(): Promise<{ url: string; stop(): Promise<void> }> };

/** The running server, as the suites see it. `url` throws before the start. */
export type ServerUnderTest = { readonly url: string };
