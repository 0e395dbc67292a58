import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';

/**
 * Makes the two documents of the handbook that are not text: `npx tsx services/ingest/seed/make-handbook.ts`. They are committed; run it again after
 * changing what is below. The same text makes the same bytes.
 */
const HANDBOOK = join(import.meta.dirname, 'handbook');
const MADE_AT = new Date('2026-07-01T09:00:00Z');

interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

const TRAVEL: readonly Section[] = [
  {
    heading: 'Booking',
    paragraphs: [
      'Trips are booked through the travel desk at extension 4300 or with the tool Wayfare. Journeys of less than six hours go by train; a flight for them needs the agreement of the head of the area. Economy class is booked for flights up to seven hours, premium economy for longer ones. Book at least 14 days ahead where you can.',
      'Hotels may cost up to 135 euros a night, in London, Zurich and Copenhagen up to 190 euros. A higher price needs an agreement before the trip, not after it.',
    ],
  },
  {
    heading: 'Daily allowance',
    paragraphs: [
      'The allowance is 46 euros for a full day and 28 euros for the day of departure and of return. Breakfast that the hotel includes takes 9 euros off it. There is no allowance for trips of less than eight hours.',
      'Receipts are not needed for what the allowance covers. For anything else a receipt is needed from 10 euros on.',
    ],
  },
  {
    heading: 'Own car and bicycle',
    paragraphs: [
      'Own cars are paid at 0.42 euros a kilometre, bicycles at 0.25 euros. Parking and tolls are paid on top; fines are not.',
    ],
  },
  {
    heading: 'Claiming expenses',
    paragraphs: [
      'Claims are sent in Wayfare within 30 days after the trip. Claims later than 90 days are not paid, except after sick or parental leave. What is claimed by the 20th is paid with the salary of the same month.',
      'Alcohol is not paid, except up to 25 euros a person when customers are hosted, with their names on the claim. Gifts to customers may be worth up to 40 euros a year and person; gifts to public officials are never allowed.',
    ],
  },
];

const CLOSE: readonly Section[] = [
  {
    heading: 'Calendar of the quarter close',
    paragraphs: [
      "Working day 1: sales and payroll are posted by 17:00. Working day 3: suppliers' invoices of the quarter are accrued when they are above 2,500 euros. Working day 5: stock is counted in Gdansk; differences above 1% are explained in writing. Working day 8: the three offices are consolidated. Working day 10: Priya Raman signs the figures, and Maren Holt gets them.",
      'Nobody but Oluwaseun Bello and Greta Lindqvist may post into a closed quarter, and only with a ticket that both have signed.',
    ],
  },
  {
    heading: 'Revenue',
    paragraphs: [
      'Gauges are recognised on delivery, subscriptions of Heron month by month. A contract with both is split by list prices. Discounts above 22% need the head of finance before the offer is sent.',
    ],
  },
  {
    heading: 'Exchange rates',
    paragraphs: [
      'The rate of the European Central Bank on the last working day of the quarter is used for balances, its monthly mean for income. Hedging covers 70% of the zloty costs of the next two quarters.',
    ],
  },
  {
    heading: 'Audit',
    paragraphs: [
      'The auditor is Thornbury Vale LLP, since 2023, for five years at most. Records are kept for ten years in the archive "Cedar"; payroll records for seven. The audit of a year begins on the second Monday of February.',
    ],
  },
];

await writeFile(join(HANDBOOK, 'travel-and-expenses.docx'), docx('Travel and expenses', TRAVEL));
await writeFile(join(HANDBOOK, 'finance/quarter-close.pdf'), await pdf('Quarter close and reporting', CLOSE));

/** The least a word processor opens: one part of text, with its headings told by their styles (ECMA-376). */
function docx(title: string, sections: readonly Section[]): Uint8Array {
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const escape = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  const paragraph = (text: string, style?: string) =>
    `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${escape(text)}</w:t></w:r></w:p>`;
  const style = (id: string, name: string) =>
    `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;
  const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const types = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
  const body = [
    paragraph(title, 'Heading1'),
    ...sections.flatMap(({ heading, paragraphs }) => [
      paragraph(heading, 'Heading2'),
      ...paragraphs.map((text) => paragraph(text)),
    ]),
  ];
  const files = {
    '[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${types}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
    '_rels/.rels': `${xml}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `${xml}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    'word/styles.xml': `${xml}<w:styles xmlns:w="${word}">${style('Heading1', 'heading 1')}${style('Heading2', 'heading 2')}</w:styles>`,
    'word/document.xml': `${xml}<w:document xmlns:w="${word}"><w:body>${body.join('')}</w:body></w:document>`,
  };
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { mtime: MADE_AT });
}

function pdf(title: string, sections: readonly Section[]): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: 72,
    info: { Title: title, CreationDate: MADE_AT, ModDate: MADE_AT },
  });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const done = new Promise<Buffer>((resolve) => document.on('end', () => resolve(Buffer.concat(parts))));
  document.font('Helvetica-Bold').fontSize(20).text(title).moveDown();
  sections.forEach(({ heading, paragraphs }, n) => {
    // A second page, so that citations of pages can be told apart.
    if (n === 2) document.addPage();
    document.font('Helvetica-Bold').fontSize(14).text(heading).moveDown(0.5);
    for (const text of paragraphs) document.font('Helvetica').fontSize(11).text(text).moveDown();
  });
  document.end();
  return done;
}
