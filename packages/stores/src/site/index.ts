export * from './outbox.ts';
export * from './report-journal.ts';
export * from './site-intake.ts';
