import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import { everyMetric, sampleNames } from './every-metric.ts';
import { metricsIn } from './prom-query.ts';

const OPS = resolve(import.meta.dirname, '../../ops');
const DOCUMENT = readFileSync(resolve(OPS, '../docs/operations.md'), 'utf8');
const yaml = (file: string): unknown => parse(readFileSync(join(OPS, file), 'utf8'));

const RULES = listOf(member(yaml('alerts.yml'), 'groups')).flatMap((group) => listOf(member(group, 'rules')));
const PANELS = listOf(member(JSON.parse(readFileSync(join(OPS, 'dashboard.json'), 'utf8')), 'panels'));
const CHARTS = PANELS.filter((panel) => member(panel, 'type') !== 'row');

const ALERT_QUERIES = RULES.map((rule) => textMember(rule, 'expr'));
const CHART_QUERIES = CHARTS.flatMap((panel) =>
  listOf(member(panel, 'targets')).map((target) => textMember(target, 'expr')),
);

describe('the files in ops', () => {
  let metrics: ReadonlyMap<string, string>;
  beforeAll(async () => {
    metrics = await everyMetric();
  });

  it.each([
    ['alerts.yml', ALERT_QUERIES],
    ['dashboard.json', CHART_QUERIES],
  ])('ask for metrics that a system has, in queries that Prometheus can read: %s', (_file, queries) => {
    expect(queries.length).toBeGreaterThan(15);
    // `up` is what Prometheus itself knows.
    const there = new Set([...sampleNames(metrics), 'up']);
    for (const query of queries) {
      const asked = metricsIn(query);
      expect(asked, query).not.toEqual([]);
      for (const metric of asked) expect(there, query).toContain(metric);
    }
  });

  it('show every metric of ours', () => {
    const shown = new Set(
      CHART_QUERIES.flatMap(metricsIn).map((name) => name.replace(/_(bucket|sum|count)$/, '')),
    );
    const ours = [...metrics.keys()].filter((name) => name.startsWith('secure_chat_'));
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('say of each alert what is wrong, why it matters, where to look, and whom it wakes', () => {
    for (const rule of RULES) {
      const annotations = member(rule, 'annotations');
      for (const name of ['summary', 'reason', 'look'])
        expect(textMember(annotations, name), textMember(rule, 'alert')).toMatch(/\w.*\.$/);
      expect(textMember(member(rule, 'labels'), 'severity')).toMatch(/^(page|ticket)$/);
      expect(String(Object(rule).for ?? '0m')).toMatch(/^\d+m$/);
    }
    const names = RULES.map((rule) => textMember(rule, 'alert'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('name the rules from the scrape configuration, which knows the listener of npm start and those of compose', () => {
    const prometheus = yaml('prometheus.yml');
    expect(member(prometheus, 'rule_files')).toEqual(['alerts.yml']);
    const jobs = listOf(member(prometheus, 'scrape_configs')).map((job) => textMember(job, 'job_name'));
    // What the alert of a part that does not answer picks.
    for (const job of jobs) expect(job).toMatch(/^secure-chat/);
  });

  it('give each chart a title, a place of its own and a source', () => {
    const places = PANELS.map((panel) => JSON.stringify(member(panel, 'gridPos')));
    expect(new Set(places).size).toBe(places.length);
    for (const chart of CHARTS) {
      expect(textMember(chart, 'title')).not.toBe('');
      expect(member(chart, 'datasource')).toEqual({ type: 'prometheus', uid: '$datasource' });
    }
  });

  it('and the table of metrics in docs/operations.md has each metric of ours, and no other', () => {
    const documented = [...DOCUMENT.matchAll(/^\| `(secure_chat_\w+)` /gm)].map(([, name]) => name);
    const ours = [...metrics.keys()].filter((name) => name.startsWith('secure_chat_'));
    expect(documented.toSorted()).toEqual(ours.toSorted());
  });
});
