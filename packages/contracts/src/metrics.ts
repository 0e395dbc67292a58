/** Where the services of the RAG use case report to CloudWatch. */
export const RAG_NAMESPACE = 'Plinth/Rag';

/** Names of what is reported of answers: written by services, read by alarms and dashboards. */
export const ANSWER_METRICS = {
  /** By model: 1 each, 1 where there was no answer, verified citations, and the share of its sentences that passages support. */
  answers: 'Answers',
  abstentions: 'Abstentions',
  citations: 'Citations',
  groundedness: 'Groundedness',
  /** 1 or 0 each. */
  feedbackUp: 'FeedbackUp',
  feedbackDown: 'FeedbackDown',
  /** By tenant: squared maximum mean discrepancy between the reference and the present window. */
  questionDrift: 'QuestionDrift',
  answerDrift: 'AnswerDrift',
  /** 1 where questions or answers of a tenant drifted beyond chance, otherwise 0. */
  drifted: 'Drifted',
} as const;

/** Where the centre reports what sites told it, by the dimension `Site`. */
export const EDGE_NAMESPACE = 'Plinth/Edge';

/** Names of what is reported of sites. */
export const SITE_METRICS = {
  /** 1 for every report that was taken in. */
  heartbeats: 'Heartbeats',
  /** 1 for every report that could not follow those before: altered, or of a site that was copied. */
  refused: 'ReportsRefused',
  outboxItems: 'OutboxItems',
  /** Seconds the oldest request has waited. */
  outboxAge: 'OutboxAge',
  /** Seconds since the active bundle was signed. */
  bundleAge: 'BundleAge',
} as const;
