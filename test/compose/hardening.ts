import { describe, expect, test } from 'vitest';
import type { ComposeStack } from './compose-stack.ts';

const SERVICES = ['auth', 'directory', 'gateway', 'kafka', 'registry', 'relay'];

/** A line of Go's template language: what of a container's configuration one can go wrong with. */
const BOUNDS = [
  '{{.HostConfig.ReadonlyRootfs}}',
  '{{.HostConfig.CapDrop}}',
  '{{.HostConfig.CapAdd}}',
  '{{.HostConfig.SecurityOpt}}',
  '{{.HostConfig.Privileged}}',
].join(' ');

/** What a container of the running stack may do and see; tests of the story in which the stack is up. */
export function describeHardening(running: () => ComposeStack): void {
  /** Of each container, `secrets` too, by its service: what the template says. */
  async function inspect(template: string): Promise<Record<string, string>> {
    const { compose, docker } = running();
    const ids = (await compose('ps', '--all', '--quiet')).split('\n').filter(Boolean);
    const label = '{{index .Config.Labels "com.docker.compose.service"}}';
    const lines = (await docker('inspect', '--format', `${label}\t${template}`, ...ids)).trimEnd();
    return Object.fromEntries(lines.split('\n').map((line) => line.split('\t', 2)));
  }
  const inside = async (service: string, ...command: string[]): Promise<string> =>
    (await running().compose('exec', '--no-TTY', service, ...command)).trimEnd();

  describe('gives each container no more than it needs:', () => {
    test('no root, no capability, nothing to write on, no new privileges', async () => {
      const bounds = await inspect(BOUNDS);
      expect(Object.keys(bounds).sort()).toEqual([...SERVICES, 'secrets'].sort());
      for (const bound of Object.values(bounds))
        expect(bound).toBe('true [ALL] [] [no-new-privileges:true] false');
      for (const service of SERVICES) {
        expect(Number(await inside(service, 'id', '-u'))).toBeGreaterThan(0);
        expect(await inside(service, 'grep', '-E', '^Cap(Prm|Eff)', '/proc/self/status')).toMatch(
          /^CapPrm:\s0+\nCapEff:\s0+$/,
        );
        await expect(inside(service, 'touch', '/etc/here')).rejects.toThrow(/Read-only file system/);
      }
    });

    test('a limit of memory, and a restart when it fails', async () => {
      const limits = await inspect('{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}');
      for (const service of SERVICES)
        expect(limits[service]).toMatch(/^(26843|40265|53687|107374)\d+ unless-stopped$/);
    });

    test('no port but the gateway’s, on the loopback address', async () => {
      const { gateway, ...others } = await inspect('{{.HostConfig.PortBindings}}');
      expect(gateway).toBe(`map[8000/tcp:[{127.0.0.1 ${new URL(running().url).port}}]]`);
      for (const ports of Object.values(others)) expect(ports).toBe('map[]');
    });

    test('metrics on the internal network alone', async () => {
      const { docker, project } = running();
      const [id = ''] = await running().containers('gateway');
      const network = `{{(index .NetworkSettings.Networks "${project}_public").IPAddress}}`;
      const published = (await docker('inspect', '--format', network, id)).trim();
      const ask = (host: string): Promise<string> =>
        inside(
          'gateway',
          'node',
          '-e',
          `fetch('http://${host}:9100/metrics').then((answer) => answer.text()).then((text) => console.log(text.split('\\n').find((line) => line.startsWith('process_cpu_seconds_total'))), () => console.log('refused'))`,
        );
      for (const service of ['auth', 'directory', 'relay'])
        expect(await ask(service)).toContain(`service="${service}"`);
      expect(await ask('gateway-inside')).toContain('service="gateway"');
      expect(published).toMatch(/^\d+\./);
      expect(await ask(published)).toBe('refused');
      expect(await ask('127.0.0.1')).toBe('refused');
    });

    test('no way out of the internal network', async () => {
      const networks = await inspect('{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}');
      const { project, docker } = running();
      const { gateway, secrets, ...others } = networks;
      expect(gateway?.trim().split(' ').sort()).toEqual([`${project}_internal`, `${project}_public`]);
      expect(secrets).toBe(' none');
      for (const names of Object.values(others)) expect(names).toBe(` ${project}_internal`);
      expect(await docker('network', 'inspect', '--format', '{{.Internal}}', `${project}_internal`)).toBe(
        'true\n',
      );
    });

    test('the secrets that it needs, to read only', async () => {
      const { project } = running();
      const mounts = await inspect('{{range .Mounts}}{{if .Name}}{{.Name}}:{{.RW}} {{end}}{{end}}');
      const named = (service: string) =>
        (mounts[service] ?? '').trim().replaceAll(`${project}_`, '').split(' ').sort();
      const KEY = 'service-key:false';
      expect(named('gateway')).toEqual([KEY]);
      expect(named('relay')).toEqual([KEY]);
      expect(named('auth')).toEqual(['auth-data:true', 'database-password:false', KEY]);
      expect(named('directory')).toEqual(['database-password:false', 'directory-data:true', KEY]);
      expect(named('kafka')).toEqual(['kafka-data:true']);
      expect(named('registry')).toEqual(['']);
      expect(named('secrets')).toEqual(['database-password:true', 'service-key:true']);
    });
  });

  describe('a secret', () => {
    const FILES = ['/secrets/service/service.key', '/secrets/database/password'];

    test('is 32 random bytes in a file that only its readers can read', async () => {
      const modes = await inside('auth', 'stat', '-c', '%a %u %g %s', ...FILES);
      expect(modes.split('\n')).toEqual(['400 1000 999 64', '440 1000 999 64']);
      for (const file of FILES) expect(await inside('auth', 'cat', file)).toMatch(/^[0-9a-f]{64}$/);
    });

    test('stands in no environment, command, log or image', async () => {
      const { compose, docker, image } = running();
      const ids = (await compose('ps', '--all', '--quiet')).split('\n').filter(Boolean);
      const places = [
        await docker('inspect', ...ids),
        await compose('config'),
        await compose('logs'),
        await docker('image', 'history', '--no-trunc', image),
        await docker('image', 'inspect', image),
      ].join('\n');
      expect(places).toContain('SERVICE_KEY_FILE');
      for (const file of FILES) expect(places).not.toContain(await inside('auth', 'cat', file));
      const found = await docker(
        'run',
        '--rm',
        '--network=none',
        image,
        'find',
        '/secrets',
        '/data',
        '-type',
        'f',
      );
      expect(found).toBe('');
    });
  });
}
