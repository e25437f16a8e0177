import { type Metrics, SECONDS } from '@secure-chat/service-kit/metrics/metrics';
import type { SessionScan } from './session-scan.ts';

/** `size`: of the bodies whose scans these are. How often all sessions are searched, how long it takes, and what waits. */
export function measuredScan(scan: SessionScan, size: 'small' | 'large', metrics: Metrics): SessionScan {
  const seconds = metrics.histogram(
    'session_scan_seconds',
    'Seconds of a search of all sessions for the one that made a signature v1, waiting included.',
    SECONDS,
    ['size', 'outcome'],
  );
  let waiting = 0;
  metrics.gauge('session_scans_waiting', 'Searches of all sessions that are under way.', () => waiting, {
    size,
  });
  return {
    async find(address, fits, isGone) {
      const begun = performance.now();
      let outcome: 'found' | 'none' | 'refused' = 'refused';
      waiting += 1;
      try {
        const session = await scan.find(address, fits, isGone);
        outcome = session ? 'found' : 'none';
        return session;
      } finally {
        waiting -= 1;
        seconds.observe({ size, outcome }, (performance.now() - begun) / 1000);
      }
    },
  };
}
