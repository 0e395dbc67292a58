module.exports = import('tsx/esm/api').then(({ register }) => { register(); return import('../../../policies/genai/index.ts'); });
