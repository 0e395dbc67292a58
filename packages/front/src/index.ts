export * from './chat-routes.ts';
export * from './front-app.ts';
export * from './http/client-controller.ts';
export * from './http/error-response.ts';
export * from './http/node-bindings.ts';
export * from './http/read-body.ts';
export * from './http/stream-answer.ts';
export * from './http/whole-answer.ts';
