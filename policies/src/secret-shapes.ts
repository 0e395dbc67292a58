const NAMES = /(^|_)(PASSWORD|PASSWD|SECRET|SECRET_KEY|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|TOKEN|CREDENTIALS?)$/i;
/** Names and ARNs point at a secret; they are not it. */
const POINTERS = /^(arn:|\/|https?:\/\/[^@]*$|«)/;
const SHAPES = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, // AWS access key id
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bsk-[A-Za-z0-9_-]{20,}\b/, // OpenAI and Anthropic keys
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/, // GitHub tokens
  /\bhf_[A-Za-z0-9]{30,}\b/, // Hugging Face tokens
  /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/, // Slack tokens
  /:\/\/[^/\s:@]+:[^/\s:@]+@/, // a password in a URL
];

/** Whether a setting holds a credential, by its name or by the shape of its value. */
export function looksSecret(name: string, value: string): boolean {
  return (NAMES.test(name) && value !== '' && !POINTERS.test(value)) || SHAPES.some((shape) => shape.test(value));
}
