import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/**
 * The OPTIONS method a browser asks before it sends a token across origins. It is answered by API Gateway itself and reaches no code;
 * browsers send no credentials with it, so it alone cannot ask for any.
 *
 * @returns what a deployment must wait for
 */
export function preflight(
  name: string,
  restApi: pulumi.Input<string>,
  resourceId: pulumi.Input<string>,
  allowOrigin: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const place = { restApi, resourceId };
  const method = new aws.apigateway.Method(name, { ...place, httpMethod: 'OPTIONS', authorization: 'NONE' }, opts);
  const integration = new aws.apigateway.Integration(
    name,
    {
      ...place,
      httpMethod: method.httpMethod,
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
    },
    opts,
  );
  const headers = {
    'Access-Control-Allow-Origin': `'${allowOrigin}'`,
    'Access-Control-Allow-Methods': "'GET,POST,DELETE,OPTIONS'",
    'Access-Control-Allow-Headers': "'authorization,content-type,x-api-key'",
    'Access-Control-Max-Age': "'3600'",
  };
  const prefix = 'method.response.header.';
  const declared = new aws.apigateway.MethodResponse(
    name,
    {
      ...place,
      httpMethod: method.httpMethod,
      statusCode: '204',
      responseParameters: Object.fromEntries(Object.keys(headers).map((header) => [prefix + header, true])),
    },
    opts,
  );
  const answered = new aws.apigateway.IntegrationResponse(
    name,
    {
      ...place,
      httpMethod: method.httpMethod,
      statusCode: declared.statusCode,
      responseParameters: Object.fromEntries(
        Object.entries(headers).map(([header, value]) => [prefix + header, value]),
      ),
    },
    { ...opts, dependsOn: integration },
  );
  return [method, integration, declared, answered];
}
