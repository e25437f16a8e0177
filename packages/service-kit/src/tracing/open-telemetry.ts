import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ERRORS } from '@secure-chat/wire/errors';
import type { Logger } from '../logger.ts';
import type { TraceContext } from './traceparent.ts';
import type { ProcessTracing, Span, SpanStart, Tracing } from './tracing.ts';

/** Milliseconds for a collector's answer, and for what is left when the process ends: nobody waits longer for a trace. */
const EXPORT_MS = 5_000;
const CLOSE_MS = 1_000;
/** Milliseconds between two lines of the log about a collector that does not take them, and characters of its reason. */
const COMPLAINT_MS = 10 * 60_000;
const REASON_MAX = 200;
/** Spans that wait for the collector, of each part: 2 MB. More are dropped. */
const QUEUE_MAX = 4_096;

const KINDS = { server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

export interface OpenTelemetryOptions {
  readonly endpoint: string;
  readonly ratio: number;
  readonly logger: Logger;
}

/** The one place that knows OpenTelemetry. A collector that does not answer costs spans, and a line in the log in ten minutes. */
export function createOpenTelemetry({ endpoint, ratio, logger }: OpenTelemetryOptions): ProcessTracing {
  let complainedAt = Number.NEGATIVE_INFINITY;
  const complain = (message: string): void => {
    if (performance.now() - complainedAt < COMPLAINT_MS) return;
    complainedAt = performance.now();
    logger.warn({ reason: message.slice(0, REASON_MAX) }, 'traces are lost');
  };
  const ignore = (): void => {};
  diag.setLogger(
    { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const random = new RandomIdGenerator();
  /** A trace that begins has the id of its request. */
  let given: string | undefined;
  const idGenerator = {
    generateTraceId: () => given ?? random.generateTraceId(),
    generateSpanId: () => random.generateSpanId(),
  };
  const providers: TracerProvider[] = [];

  function of(service: string): Tracing {
    const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_MS });
    const provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.namespace': 'secure-chat',
        'service.name': service,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      idGenerator,
      spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE_MAX })],
    });
    providers.push(provider);
    const tracer = provider.getTracer('secure-chat');
    return {
      start(name, { kind, parent = null, traceId, attributes = {} }: SpanStart): Span {
        given = traceId;
        const options = { kind: KINDS[kind], attributes: { ...attributes } satisfies Attributes };
        const span = tracer.startSpan(name, options, contextOf(parent));
        given = undefined;
        let ended = false;
        return {
          context: placeOf(span.spanContext()),
          end(outcome = 'ok') {
            if (ended) return;
            ended = true;
            if (outcome !== 'ok') {
              span.setAttribute('error.type', outcome);
              // A refusal is no error of ours.
              if (ERRORS[outcome].status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
            }
            span.end();
          },
        };
      },
    };
  }

  return {
    of,
    async close() {
      const enough = new AbortController();
      const sent = Promise.allSettled(providers.map((provider) => provider.shutdown()));
      // It tries again where a collector refuses, for longer than anybody wants to wait.
      await Promise.race([sent, sleep(CLOSE_MS, undefined, { signal: enough.signal })]);
      enough.abort();
    },
  };
}

function contextOf(parent: TraceContext | null): Context {
  if (!parent) return ROOT_CONTEXT;
  const traceFlags = parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags,
    isRemote: true,
  });
}

const placeOf = ({
  traceId,
  spanId,
  traceFlags,
}: {
  traceId: string;
  spanId: string;
  traceFlags: number;
}): TraceContext => ({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
