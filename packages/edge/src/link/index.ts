export * from './http-probe.ts';
export * from './link-monitor.ts';
