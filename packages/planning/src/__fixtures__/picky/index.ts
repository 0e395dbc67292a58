import * as aws from '@pulumi/aws';

const key = new aws.kms.Key('data', { enableKeyRotation: true });
const targetKeyId = key.keyId.apply((id) => {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${id} is no key id`);
  return id;
});
new aws.kms.Alias('data', { targetKeyId });
