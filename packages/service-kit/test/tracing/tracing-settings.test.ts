import { expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { tracingSettings } from '../../src/tracing/tracing-settings.ts';

it('traces nothing unless it is told where to', () => {
  expect(readConfig(tracingSettings, {})).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: null,
    OTEL_TRACES_SAMPLER_ARG: 1,
  });
});

it('takes the address of a collector, with a path or without, and the part of traces that is recorded', () => {
  const read = (OTEL_EXPORTER_OTLP_ENDPOINT: string, OTEL_TRACES_SAMPLER_ARG = '0.25') =>
    readConfig(tracingSettings, { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG });
  expect(read('http://127.0.0.1:4318')).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_TRACES_SAMPLER_ARG: 0.25,
  });
  expect(read('https://collector.example/otlp/').OTEL_EXPORTER_OTLP_ENDPOINT).toBe(
    'https://collector.example/otlp',
  );
  expect(read('http://127.0.0.1:4318', '0').OTEL_TRACES_SAMPLER_ARG).toBe(0);
});

it.each([
  ['collector:4318', '1', 'OTEL_EXPORTER_OTLP_ENDPOINT must be'],
  ['grpc://collector:4317', '1', 'OTEL_EXPORTER_OTLP_ENDPOINT must be'],
  ['http://user:word@collector:4318', '1', 'OTEL_EXPORTER_OTLP_ENDPOINT must be'],
  ['http://collector:4318?token=1', '1', 'OTEL_EXPORTER_OTLP_ENDPOINT must be'],
  ['http://collector:4318', '1.1', 'OTEL_TRACES_SAMPLER_ARG must be'],
  ['http://collector:4318', '-1', 'OTEL_TRACES_SAMPLER_ARG must be'],
  ['http://collector:4318', 'all', 'OTEL_TRACES_SAMPLER_ARG must be'],
])('refuses %s with %s, and repeats no secret', (endpoint, part, problem) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: part };
  const read = () => readConfig(tracingSettings, env);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(problem);
  expect(read).not.toThrow(/word|token/);
});
