/** The least that a program in a terminal can do with a key: it writes the key. */
process.stdin.setRawMode(true);
process.stdin.on('data', (bytes: Buffer) => process.stdout.write(bytes));
process.stdout.write('ready');
