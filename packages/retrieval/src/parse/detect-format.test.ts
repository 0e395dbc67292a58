import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect-format.ts';

const detect = (content: string | Uint8Array, name = '', mediaType = 'application/octet-stream') =>
  detectFormat({
    bytes: typeof content === 'string' ? new Uint8Array(Buffer.from(content, 'latin1')) : content,
    name,
    mediaType,
  });
const word = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8('<w/>') });

describe('The format of a document', () => {
  it.each([
    ['text', 'x', 'a.txt', 'text/plain'],
    ['markdown', 'x', 'A.MD', 'text/plain'],
    ['csv', 'x', 'a.csv', 'application/vnd.ms-excel'],
    ['csv', 'x', 'a', 'text/tab-separated-values'],
    ['json', '{}', 'a', 'application/json; charset=utf-8'],
    ['jsonl', '{}', 'a.jsonl', 'application/json'],
    ['html', 'x', 'a.txt', 'text/html'],
    ['text', 'x', 'README', ''],
    ['text', 'x', 'a.constructor', '__proto__'],
  ])('is %s as it is said, then as it is named', (format, content, name, mediaType) =>
    expect(detect(content, name, mediaType)).toBe(format),
  );

  it.each([
    ['pdf', '%PDF-1.7', 'a.txt', 'text/plain'],
    ['pdf', '\u00ef\u00bb\u00bf\r\n%PDF-1.7', 'a', ''],
    ['pdf', 'HTTP/1.1 200 OK\r\n\r\n%PDF-1.4', 'a.pdf', ''],
    ['docx', word, 'a', ''],
    ['docx', word, 'a.json', 'application/json'],
    ['html', ' <!DOCTYPE html>', 'a', 'text/plain'],
    ['markdown', 'A PDF begins with %PDF-', 'a.md', ''],
    ['text', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'a', ''],
  ] as const)('is %s by its content', (format, content, name, mediaType) =>
    expect(detect(content, name, mediaType)).toBe(format),
  );

  it.each([
    [
      'a picture that is called a text',
      '\u0089PNG\r\n\u001a\n\u0000\u0000',
      'a.txt',
      'text/plain',
      /Send PDF, DOCX, HTML, Markdown, text, CSV, JSON or JSONL/,
    ],
    ['a zip', zipSync({ a: strToU8('x') }), 'a.zip', 'application/zip', /Send PDF/],
    ['rich text', '{\\rtf1 x}', 'a.rtf', 'application/rtf', /Send PDF/],
    ['an old Word document, or one with a password', '\u00d0\u00cf\u0011\u00e0', 'a.docx', '', /Save it as DOCX/],
    ['a page that is called a PDF', '<html>', 'a.pdf', 'application/pdf', /called a PDF and is none/],
  ] as const)('of %s is refused in words', (_what, content, name, mediaType, message) => {
    expect(() => detect(content, name, mediaType)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringMatching(message) }),
    );
  });
});
