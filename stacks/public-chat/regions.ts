import * as z from 'zod';

export const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** A cross-region profile of Bedrock, and the Regions it routes to, as the model's page in the Bedrock documentation lists them. */
export const PROFILE = {
  systemProfile: z
    .string()
    .regex(
      /^(us|us-gov|eu|apac|au|jp|ca|global)\.[a-z0-9-]+\.[a-z0-9.:-]+$/,
      'is not a cross-region profile, such as us.amazon.nova-lite-v1:0',
    ),
  regions: z.array(z.string().regex(REGION)).min(1),
};

/** One name in front of every Region. */
export const Domain = z.strictObject({
  /** For example `api.chat.example.com`. */
  name: z.hostname().max(253),
  /** Hosted zone of Route 53 that the name is in. */
  zoneId: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'is not the id of a hosted zone, such as Z0123456789ABC'),
  /** By Region, the ARN of the certificate for the name that ACM keeps there. */
  certificates: z.record(
    z.string().regex(REGION),
    z.string().regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, 'is not the ARN of a certificate'),
  ),
});

interface Profile {
  readonly systemProfile: string;
  readonly regions: readonly string[];
}

/** The profile a model is reached by in a Region: of several the first that serves it. */
export function profileIn<T extends Profile, F extends Profile>(
  model: T & { readonly furtherProfiles: readonly F[] },
  region: string,
): T | F | undefined {
  return [model, ...model.furtherProfiles].find(
    ({ systemProfile, regions }) => systemProfile.startsWith('global.') || regions.includes(region),
  );
}

interface Regions {
  readonly region: string;
  readonly regions: readonly string[];
  readonly domain?: z.output<typeof Domain> | undefined;
  readonly models: readonly (Profile & { readonly id: string; readonly furtherProfiles: readonly Profile[] })[];
}

/** What several Regions must agree on, each contradiction in words. */
export function refuseRegions(
  { region: home, regions, domain, models }: Regions,
  refuse: (path: readonly (string | number)[], message: string) => void,
): void {
  for (const [index, region] of regions.entries()) {
    if (region === home) refuse(['regions', index], `is aws:region already: list further Regions only`);
    if (regions.indexOf(region) < index) refuse(['regions', index], `${region} is listed twice`);
    for (const [model, settings] of models.entries())
      if (profileIn(settings, region) === undefined)
        refuse(
          ['models', model, 'furtherProfiles'],
          `${settings.id} is not reached in ${region}: add a profile that serves it, such as ${profileNear(region, settings.systemProfile)}`,
        );
  }
  if (domain === undefined) {
    if (regions.length > 0) refuse(['domain'], 'several Regions answer to one name: set name, zoneId and certificates');
    return;
  }
  for (const region of new Set([home, ...regions]))
    if (domain.certificates[region] === undefined)
      refuse(['domain', 'certificates'], `add the certificate for ${domain.name} in ${region}`);
  for (const [region, arn] of Object.entries(domain.certificates)) {
    if (region !== home && !regions.includes(region))
      refuse(['domain', 'certificates', region], 'is no Region of this stack');
    if (arn.split(':')[3] !== region)
      refuse(
        ['domain', 'certificates', region],
        `is in ${arn.split(':')[3] ?? ''}: API Gateway takes one of its own Region`,
      );
  }
}

/** What the profile of the same model is called near a Region: they begin with the part of the world they stay in. */
function profileNear(region: string, systemProfile: string): string {
  const world = { eu: 'eu', us: 'us', ap: 'apac', ca: 'ca' }[region.split('-')[0] ?? ''] ?? 'global';
  return systemProfile.replace(/^[a-z-]+/, region.startsWith('us-gov-') ? 'us-gov' : world);
}
