import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../services/console/html.ts';

const evil = `"><script>alert('1')</script>&amp;\``;

describe('html', () => {
  it('escapes what stands in text and in quoted attributes', () => {
    // prettier-ignore
    const { text } = html`<p title="${evil}" class='${evil}'>${evil}</p>`;
    expect(text).toBe(`<p title="${escaped}" class='${escaped}'>${escaped}</p>`);
  });

  it('escapes in lists, and in what only looks like Html', () => {
    expect(html`${['<', ['>']]}`.text).toBe('&lt;&gt;');
    expect(html`${{ text: '<b>' }}`.text).not.toContain('<b>');
  });

  it('puts other Html in as it is, numbers as text, and nothing for undefined', () => {
    const items = [1, 2].map((n) => html`<li>${n}</li>`);
    expect(html`<ul>${items}</ul>${undefined}`.text).toBe('<ul><li>1</li><li>2</li></ul>'); // prettier-ignore
  });

  it('lets no text end its place, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inside = html`${text}`.text;
        expect(inside).not.toMatch(/[<>"']/);
        expect(inside.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;`';
