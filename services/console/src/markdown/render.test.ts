// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './render.ts';
import { XSS_VECTORS } from './xss-vectors.ts';

function render(source: string): HTMLElement {
  const page = document.createElement('div');
  page.innerHTML = renderMarkdown(source);
  return page;
}

describe('hostile Markdown', () => {
  it.each(XSS_VECTORS.map((source, index) => ({ source, index })))(
    'leaves nothing that runs or loads, vector $index',
    ({ source }) => {
      const page = render(source);
      for (const element of page.querySelectorAll('*')) {
        expect(
          element.matches(
            'script,style,iframe,object,embed,img,svg,math,form,input,link,meta,base,video,audio,template',
          ),
        ).toBe(false);
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on|^style$|^src|^srcdoc$|^xlink|^formaction$|^id$|^name$/);
          if (name === 'href') expect(value).toMatch(/^(https?:|mailto:)/i);
        }
      }
    },
  );

  it('shows raw HTML as the text it is', () => {
    expect(render('before <b onclick="x()">bold</b> after').textContent).toContain('<b onclick="x()">bold</b>');
    expect(render('<div>\nblock\n</div>').textContent).toContain('<div>');
  });

  it('turns an image into a link, so that nothing is loaded', () => {
    const page = render('![a cat](https://example.com/cat.png)');
    expect(page.querySelector('img')).toBeNull();
    expect(page.querySelector('a')?.textContent).toBe('Image: a cat');
    expect(page.querySelector('a')?.getAttribute('href')).toBe('https://example.com/cat.png');
  });
});

describe('answers in Markdown', () => {
  it('opens links in a new tab that cannot reach back', () => {
    const link = render('[docs](https://example.com/a?b=1&c=2 "title")').querySelector('a');
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(link?.getAttribute('target')).toBe('_blank');
    expect(link?.getAttribute('href')).toBe('https://example.com/a?b=1&c=2');
  });

  it('gives code a language, a copy button and keyboard scrolling', () => {
    const page = render('```ts\nconst a = "<b>";\n```');
    expect(page.querySelector('figcaption span')?.textContent).toBe('ts');
    expect(page.querySelector('button[data-copy]')?.textContent).toBe('Copy');
    expect(page.querySelector('pre')?.getAttribute('tabindex')).toBe('0');
    expect(page.querySelector('code')?.textContent).toBe('const a = "<b>";\n');
  });

  it('shows an unfinished code block as code', () => {
    expect(render('```py\nprint(1').querySelector('pre code')?.textContent).toBe('print(1\n');
  });

  it('renders tables, task lists, nested lists and inline marks', () => {
    const page = render(
      '| a | b |\n|:--|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n  1. inner\n\n**bold** _em_ ~~gone~~ `code`',
    );
    expect(page.querySelectorAll('.wide table td')).toHaveLength(2);
    expect(page.textContent).toContain('☑ done');
    expect(page.querySelector('li ol li')?.textContent).toBe('inner');
    expect(page.querySelector('strong')?.textContent).toBe('bold');
    expect(page.querySelector('del')?.textContent).toBe('gone');
  });

  it('keeps headings below those of the page', () => {
    expect(render('# One').querySelector('h3')?.textContent).toBe('One');
    expect(render('###### Six').querySelector('h6')?.textContent).toBe('Six');
  });
});
