/** Icons of our own on a 24 by 24 grid, drawn with strokes only. The first pattern that a component's class matches chooses. */
const ICONS: readonly (readonly [RegExp, string])[] = [
  [
    /WebAcl|Guardrail|Shield/,
    '<path d="M12 3l7 3v5c0 4.6-2.9 8.2-7 10-4.1-1.8-7-5.4-7-10V6z"/><path d="M9 12l2.2 2.2L15.2 10"/>',
  ],
  [
    /Cognito|Identity|People|Account/,
    '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 20c.6-3.8 3.4-6 7-6s6.4 2.2 7 6"/>',
  ],
  [/UsagePlan|Throttle|Limit/, '<path d="M4 17a8 8 0 1116 0"/><path d="M12 17l4-5"/><circle cx="12" cy="17" r="1"/>'],
  [/Function/, '<path d="M6 4h3.5L17 20h2"/><path d="M11.2 9.5L6 20"/>'],
  [/Api$|RestApi|LoadBalancer|Front/, '<path d="M8 5L3 12l5 7"/><path d="M16 5l5 7-5 7"/><path d="M13.5 6l-3 12"/>'],
  [/Schedule|Clock/, '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>'],
  [
    /Queue/,
    '<rect x="3" y="8" width="4.5" height="8" rx="1"/><rect x="9.75" y="8" width="4.5" height="8" rx="1"/><rect x="16.5" y="8" width="4.5" height="8" rx="1"/>',
  ],
  [
    /Workflow|StateMachine|Transform|Pipeline|Review|Batch/,
    '<rect x="9" y="3" width="6" height="5" rx="1"/><rect x="3" y="16" width="6" height="5" rx="1"/><rect x="15" y="16" width="6" height="5" rx="1"/><path d="M12 8v4M6 16v-4h12v4"/>',
  ],
  [/Audit|Trail|Log|Capture/, '<path d="M6 3h9l4 4v14H6z"/><path d="M15 3v4h4"/><path d="M9 12h7M9 16h7"/>'],
  [
    /Table|Ledger|Records|Database|Aurora|Vector|Knowledge/,
    '<ellipse cx="12" cy="6" rx="7" ry="2.8"/><path d="M5 6v12c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8V6"/><path d="M5 12c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8"/>',
  ],
  [
    /Bucket|Store|Cache|Volume/,
    '<path d="M4 7h16l-2 12.5a1.5 1.5 0 01-1.5 1.3h-9A1.5 1.5 0 016 19.5z"/><ellipse cx="12" cy="7" rx="8" ry="2.5"/>',
  ],
  [
    /Eks|Ecs|Vllm|Service|Container|Node|Fleet|Cluster|Repository|Image/,
    '<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9z"/><path d="M4 7.5l8 4.5 8-4.5M12 12v9"/>',
  ],
  [
    /Profile|Model|Endpoint|Marketplace|Throughput/,
    '<path d="M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9z"/><path d="M18.5 16l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8z"/>',
  ],
  [/Alarm|Alert|Topic|Anomaly/, '<path d="M6 16V11a6 6 0 0112 0v5l1.5 2h-15z"/><path d="M10 20.5a2.2 2.2 0 004 0"/>'],
  [/Dashboard|Monitor|Experiment|Tracking|Mlflow/, '<path d="M4 4v16h16"/><path d="M8 16v-4M12 16V8M16 16v-6"/>'],
  [
    /Budget|Cost/,
    '<circle cx="12" cy="12" r="8.5"/><path d="M14.8 9c-.6-1-1.6-1.5-2.8-1.5-1.7 0-2.8.9-2.8 2.1 0 3 5.8 1.6 5.8 4.7 0 1.3-1.2 2.2-3 2.2-1.4 0-2.5-.6-3.1-1.7M12 5.8v1.7M12 16.5v1.7"/>',
  ],
  [/Key$|Secret/, '<circle cx="8" cy="12" r="4"/><path d="M12 12h9M18 12v3.5M15 12v2.5"/>'],
  [
    /Vpc|Network|Subnet|Peering|Outpost|Zone|Isolated/,
    '<circle cx="12" cy="5" r="2.2"/><circle cx="5" cy="18" r="2.2"/><circle cx="19" cy="18" r="2.2"/><path d="M11 7l-5 9M13 7l5 9M7.2 18h9.6"/>',
  ],
];
const PLAIN = '<rect x="4" y="4" width="16" height="16" rx="3"/><path d="M9 12h6"/>';

export function iconOf(kind: string): string {
  return ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? PLAIN;
}

export const CALLER_ICON =
  '<circle cx="9" cy="8.5" r="3"/><path d="M3 19.5c.5-3.3 2.9-5.3 6-5.3s5.5 2 6 5.3"/><circle cx="16.5" cy="9.5" r="2.3"/><path d="M16.5 14c2.4 0 4.1 1.6 4.5 4"/>';
