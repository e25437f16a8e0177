import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { canRunKafka, kafkaJars } from './jars.ts';

/** Does as Maven would: one jar for the broker; for the registry an archive with one jar. */
const MAVEN = `
for argument; do case $argument in -DoutputDirectory=*) out=\${argument#*=};; esac; done
case "$*" in -version) exit 0;; esac
mkdir -p "$out"
case "$*" in
  *copy-dependencies*) echo broker > "$out/kafka.jar";;
  *) echo registry > "$out/apicurio-registry-app-3.0.9-runner.jar"
     cd "$out" && tar -czf apicurio-registry-app-3.0.9-all.tar.gz *.jar && rm *.jar;;
esac`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-chat-jars-'));
  await mkdir(join(folder, 'bin'));
  vi.stubEnv('KAFKA_JARS_DIR', join(folder, 'cache'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
  await program('mvn', MAVEN);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

/** Another process that fetches. */
const fetching = () =>
  spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', "await (await import('./jars.ts')).kafkaJars()"],
    { cwd: import.meta.dirname, stdio: 'ignore' },
  );

describe('the jars', () => {
  test('are fetched once, and then come from the cache', async () => {
    const { registry } = await kafkaJars();
    expect(await readFile(registry, 'utf8')).toBe('registry\n');
    await program('mvn', 'echo "[ERROR] fetched again"; exit 1');
    expect(await kafkaJars()).toEqual({ kafka: expect.stringMatching(/kafka\/\*$/), registry });
  });

  test('are no cache when Maven failed, and Maven says why', async () => {
    await program('mvn', 'echo "[ERROR] no such version"; exit 1');
    await expect(kafkaJars()).rejects.toThrow(
      'Maven could not fetch the jars of Kafka: [ERROR] no such version',
    );
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  test('are fetched anew, and the rest removed, when a fetch was killed', async () => {
    // It says where it is, and then waits for ever.
    await program('mvn', `mkfifo ${folder}/never; echo $$ > ${folder}/pid; exec cat ${folder}/never`);
    const killed = fetching();
    await vi.waitFor(async () => expect(await readFile(join(folder, 'pid'), 'utf8')).toMatch(/\n$/), 20_000);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')));
    await program('mvn', MAVEN);
    const { registry } = await kafkaJars();
    expect(await readFile(registry, 'utf8')).toBe('registry\n');
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
  });

  test('are whole when several processes fetch them at once', async () => {
    const others = [fetching(), fetching()];
    const ended = others.map((other) => once(other, 'exit'));
    await Promise.all([kafkaJars(), kafkaJars()]);
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
    const { registry } = await kafkaJars();
    expect(await readFile(registry, 'utf8')).toBe('registry\n');
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
  });
});

describe('a machine', () => {
  const java = (version: string): Promise<void> => program('java', `echo 'openjdk version "${version}"' >&2`);

  test('with Java 17 and Maven can run Kafka', async () => {
    await java('17.0.15');
    expect(await canRunKafka()).toEqual({ ok: true });
  });

  test.each(['11.0.2', '1.8.0_392'])('with Java %s cannot', async (version) => {
    await java(version);
    const reason = `java is version ${version.split('.')[0]}, and 17 is needed`;
    expect(await canRunKafka()).toEqual({ ok: false, reason });
  });

  test('without Java cannot', async () => {
    vi.stubEnv('PATH', join(folder, 'cache'));
    expect(await canRunKafka()).toEqual({ ok: false, reason: 'there is no java on the PATH' });
  });

  test('without Maven can once the jars are there', async () => {
    await java('21');
    await program('mvn', 'exit 127');
    expect(await canRunKafka()).toEqual({ ok: false, reason: 'there is no mvn (Maven) on the PATH' });
    await program('mvn', MAVEN);
    await kafkaJars();
    await program('mvn', 'exit 127');
    expect(await canRunKafka()).toEqual({ ok: true });
  });
});
