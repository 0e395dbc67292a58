/** `kms.Key` of `aws:kms/key:Key`, `fronts.WebAcl` of `plinth:fronts:WebAcl`. */
export function typeLabel(type: string): string {
  const [, module = '', name = ''] = type.split(':');
  return `${module.split('/')[0] ?? module}.${name}`;
}

/** `chat (lambda.Function)` of a URN. */
export function urnLabel(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::');
  return `${name} (${typeLabel(types.split('$').at(-1) ?? types)})`;
}
