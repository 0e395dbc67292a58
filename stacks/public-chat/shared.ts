import { AuditTable, CognitoUserPool, LedgerTable, RecordsTable } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { PublicChatConfig } from './config.ts';
import type { Landing } from './landing.ts';

/** What there is one of, wherever a request lands: a person, a budget, a conversation, the trail. */
export interface SharedParts {
  readonly home: Landing;
  readonly people: CognitoUserPool;
  readonly ledger: LedgerTable;
  readonly records: RecordsTable;
  readonly audit: AuditTable;
}

/** See docs/decisions/0005-multi-region.md for why none of it is replicated. */
export function sharedParts(config: PublicChatConfig, home: Landing): SharedParts {
  const { placement, dataKeyArn, opts } = home;
  const disposable = config.tags.environment === 'dev';
  const people = new CognitoUserPool(
    'people',
    {
      region: placement.region,
      domainPrefix: pulumi.interpolate`plinth-${pulumi.getStack()}-${placement.account}`,
      callbackUrls: config.people.callbackUrls,
      selfSignUp: config.people.selfSignUp,
      mfa: config.people.mfa,
      threatProtection: config.people.threatProtection,
      deletionProtection: !disposable,
    },
    opts,
  );
  const table = { keyArn: dataKeyArn, deletionProtection: !disposable };
  return {
    home,
    people,
    ledger: new LedgerTable('ledger', table, opts),
    records: new RecordsTable('records', table, opts),
    audit: new AuditTable('audit', table, opts),
  };
}
