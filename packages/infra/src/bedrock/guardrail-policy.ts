/** What a managed guardrail does beyond its always-on content filters. Plain data, so that a change of it makes a new version. */
export interface GuardrailPolicy {
  /** How readily each content filter steps in. @default 'HIGH' */
  filterStrength?: 'LOW' | 'MEDIUM' | 'HIGH';
  /**
   * What happens to each kind of personal data. @default contact data and names are masked; identity, payment and access secrets are blocked
   */
  pii?: Readonly<Partial<Record<PiiEntity, 'ANONYMIZE' | 'BLOCK'>>>;
  /** Subjects the assistant does not discuss, at most 30. @default none */
  deniedTopics?: readonly { name: string; definition: string; examples?: readonly string[] }[];
  /** Replace swear words by the blocked message. @default true */
  profanityFilter?: boolean;
  /**
   * Block answers that the sources given with a question do not bear out, or that do not answer it: for retrieval-augmented
   * generation, where callers mark sources and question as such. @default not checked
   */
  grounding?: {
    /** Least support by the sources, 0 to 0.99: the higher, the stricter. */
    groundingThreshold: number;
    /** Least relevance to the question, 0 to 0.99. */
    relevanceThreshold: number;
  };
}

/** Personal data Bedrock can find, of the kinds this platform sets by default. */
export type PiiEntity =
  | 'EMAIL'
  | 'PHONE'
  | 'ADDRESS'
  | 'NAME'
  | 'US_SOCIAL_SECURITY_NUMBER'
  | 'US_PASSPORT_NUMBER'
  | 'DRIVER_ID'
  | 'CREDIT_DEBIT_CARD_NUMBER'
  | 'CREDIT_DEBIT_CARD_CVV'
  | 'PIN'
  | 'US_BANK_ACCOUNT_NUMBER'
  | 'INTERNATIONAL_BANK_ACCOUNT_NUMBER'
  | 'PASSWORD'
  | 'AWS_ACCESS_KEY'
  | 'AWS_SECRET_KEY';

export const DEFAULT_PII: Readonly<Record<PiiEntity, 'ANONYMIZE' | 'BLOCK'>> = {
  EMAIL: 'ANONYMIZE',
  PHONE: 'ANONYMIZE',
  ADDRESS: 'ANONYMIZE',
  NAME: 'ANONYMIZE',
  US_SOCIAL_SECURITY_NUMBER: 'BLOCK',
  US_PASSPORT_NUMBER: 'BLOCK',
  DRIVER_ID: 'BLOCK',
  CREDIT_DEBIT_CARD_NUMBER: 'BLOCK',
  CREDIT_DEBIT_CARD_CVV: 'BLOCK',
  PIN: 'BLOCK',
  US_BANK_ACCOUNT_NUMBER: 'BLOCK',
  INTERNATIONAL_BANK_ACCOUNT_NUMBER: 'BLOCK',
  PASSWORD: 'BLOCK',
  AWS_ACCESS_KEY: 'BLOCK',
  AWS_SECRET_KEY: 'BLOCK',
};

/** Every content filter Bedrock has for text. All are always on. */
export const CONTENT_FILTERS = ['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'] as const;
