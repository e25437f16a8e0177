/**
 * Images of others in a Dockerfile or a compose file that name no version, or one that moves by itself; ours, and stages of the
 * same Dockerfile, apart.
 */
export function imageProblems(text: string): string[] {
  const named = [...text.matchAll(/^(?:FROM|\s*image:)\s+(\S+)/gm)].map(([, image = '']) => image);
  return named
    .filter((image) => !/^\$\{IMAGE\b/.test(image))
    .filter((image) => !/:[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image))
    .map((image) => `${image} names no version`);
}
