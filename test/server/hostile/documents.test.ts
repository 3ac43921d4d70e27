import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as samples from '../samples.ts';
import { openListener } from './listener.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';
import { entriesOf, type RawEntry, withChanged, writeZip } from './zip-writer.ts';

const office = 'http://schemas.openxmlformats.org/officeDocument/2006';
const manifest = (entries: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">${entries.join('')}</manifest:manifest>`;
const listed = (path: string, type: string) =>
  `<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${type}"/>`;
const namespaces = ['office', 'text', 'table', 'draw', 'script', 'style'].map(
  (name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name === 'draw' ? 'drawing' : name}:1.0"`,
);
const xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink"';

/** An OpenDocument file of the kind, with these scripts and this body, and further entries. */
function odf(kind: 'text' | 'spreadsheet', scripts: string, body: string, more: Record<string, string> = {}): Buffer {
  const mediaType = `application/vnd.oasis.opendocument.${kind}`;
  const content = `<?xml version="1.0" encoding="UTF-8"?><office:document-content ${namespaces.join(' ')} ${xlink} xmlns:ooo="http://openoffice.org/2004/office" office:version="1.2">${scripts}<office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
  const types = Object.keys(more).map((path) => listed(path, 'text/xml'));
  const entries: RawEntry[] = [
    { name: 'mimetype', content: Buffer.from(mediaType), stored: true },
    { name: 'content.xml', content: Buffer.from(content) },
    ...Object.entries(more).map(([name, text]) => ({ name, content: Buffer.from(text) })),
    {
      name: 'META-INF/manifest.xml',
      content: Buffer.from(manifest([listed('/', mediaType), listed('content.xml', 'text/xml'), ...types])),
    },
  ];
  return writeZip(entries);
}

describe('a document that reaches for more', { timeout: 180_000 }, () => {
  let world: HostileWorld;
  let door: Awaited<ReturnType<typeof openListener>>;
  /** Readable for everybody on this machine, but not within the walls. */
  let secret: string;
  beforeAll(async () => {
    world = await createHostileWorld();
    door = await openListener();
    secret = join(world.folder, 'secret.txt');
    await writeFile(secret, 'the words of a secret file', { mode: 0o644 });
  });
  beforeEach(() => void door.visits.splice(0));
  afterAll(async () => {
    await world.close();
    await door.close();
  });

  /** It is drawn, and neither fetched anything nor shows anything of this machine. */
  async function expectContained(name: string, content: Uint8Array, ownWords: string) {
    const outcome = await world.process(name, content);
    expect(outcome.file).toMatchObject({ state: 'ready', errorCode: null });
    expect(outcome.text).toContain(ownWords);
    expect(outcome.text).not.toMatch(/root:|secret file|from the network/);
    expect(door.visits).toEqual([]);
    return outcome;
  }

  it('in Word: pictures, templates, parts and objects from elsewhere', async () => {
    const related = [
      ['rImage', 'image', `${door.address}/image.png`],
      ['rLocal', 'image', `file://${secret}`],
      ['rPart', 'subDocument', `file:///etc/passwd`],
      ['rPart2', 'subDocument', `${door.address}/part.docx`],
      ['rObject', 'oleObject', `${door.address}/object.xlsx`],
      ['rFrame', 'frame', `${door.address}/frame.html`],
    ].map(
      ([id, type, target]) =>
        `<Relationship Id="${id}" Type="${office}/relationships/${type}" Target="${target}" TargetMode="External"/>`,
    );
    const picture = (id: string) =>
      `<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:100pt;height:100pt"><v:imagedata r:id="${id}" r:href="${id}"/></v:shape></w:pict></w:r></w:p>`;
    const field = (code: string) =>
      `<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> ${code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;
    const body = [
      picture('rImage'),
      picture('rLocal'),
      '<w:subDoc r:id="rPart"/><w:subDoc r:id="rPart2"/>',
      field(`INCLUDETEXT "${secret}"`),
      field('INCLUDETEXT "/etc/passwd"'),
      field(`INCLUDEPICTURE "${door.address}/field.png" \\d`),
      field(`DDEAUTO "c:\\\\windows\\\\system32\\\\cmd.exe" "/k calc"`),
    ];
    const content = writeZip([
      ...withChanged(entriesOf(await samples.docx()), {
        'word/_rels/document.xml.rels': (text) =>
          text.replace('</Relationships>', `${related.join('')}</Relationships>`),
        'word/document.xml': (text) => text.replace('<w:body>', `<w:body>${body.join('')}`),
        'word/settings.xml': (text) => text.replace(/(<w:settings[^>]*>)/, '$1<w:attachedTemplate r:id="rTemplate"/>'),
      }).filter(({ name }) => name !== 'word/_rels/settings.xml.rels'),
      {
        name: 'word/_rels/settings.xml.rels',
        content: Buffer.from(
          `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rTemplate" Type="${office}/relationships/attachedTemplate" Target="${door.address}/template.dotm" TargetMode="External"/></Relationships>`,
        ),
      },
    ]);
    await expectContained('教案.docx', content, '几分之一');
  });

  it('in a table: links, web services and external data', async () => {
    const cells = (formula: string) =>
      `<table:table-row><table:table-cell table:formula="of:=${formula}" office:value-type="string"/></table:table-row>`;
    const rows = [
      `<table:table-row><table:table-cell office:value-type="string"><text:p>own words</text:p></table:table-cell></table:table-row>`,
      cells(`WEBSERVICE(&quot;${door.address}/service&quot;)`),
      cells(`'file://${secret}'#$Sheet1.A1`),
      cells(`'file:///etc/passwd'#$Sheet1.A1`),
      cells(`'${door.address}/book.ods'#$Sheet1.A1`),
      cells(`DDE(&quot;soffice&quot;;&quot;${secret}&quot;;&quot;A1&quot;)`),
    ];
    const linked = `<table:table table:name="linked"><table:table-source xlink:type="simple" xlink:href="file://${secret}" table:filter-name="Text - txt - csv (StarCalc)" table:refresh-delay="PT1S"/><table:table-row><table:table-cell/></table:table-row></table:table>`;
    await expectContained(
      '表.ods',
      odf('spreadsheet', '', `<table:table table:name="Sheet1">${rows.join('')}</table:table>${linked}`),
      'own words',
    );
  });

  it('in OpenDocument: linked sections, pictures and frames', async () => {
    const section = (href: string, n: number) =>
      `<text:section text:name="s${n}"><text:section-source xlink:type="simple" xlink:href="${href}" xlink:show="embed"/><text:p>part ${n}</text:p></text:section>`;
    const image = (href: string) =>
      `<text:p><draw:frame text:anchor-type="paragraph" draw:name="f" draw:z-index="0"><draw:image xlink:href="${href}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>`;
    const body = [
      '<text:p>own words</text:p>',
      section(`file://${secret}`, 1),
      section('file:///etc/passwd', 2),
      section(`${door.address}/section.odt`, 3),
      section('../../../../../../../../etc/passwd', 4),
      image(`${door.address}/image.png`),
      image(`file://${secret}`),
    ].join('');
    await expectContained('文.odt', odf('text', '', body), 'own words');
  });

  it('with a macro that wants to run as it is opened', async () => {
    const scripts = `<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries xmlns:ooo="http://openoffice.org/2004/office"><ooo:library-embedded ooo:name="Standard"/></ooo:libraries></office:script><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts>`;
    const macro = 'Sub Main\nThisComponent.Text.String = "the macro ran"\nEnd Sub';
    const library = 'xmlns:library="http://openoffice.org/2000/library"';
    const content = odf('text', scripts, '<text:p>own words</text:p>', {
      'Basic/script-lc.xml': `<?xml version="1.0"?><library:libraries ${library} xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>`,
      'Basic/Standard/script-lb.xml': `<?xml version="1.0"?><library:library ${library} library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="Module1"/></library:library>`,
      'Basic/Standard/Module1.xml': `<?xml version="1.0"?><script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">${macro.replaceAll('"', '&quot;')}</script:module>`,
    });
    const { text } = await expectContained('宏.odt', content, 'own words');
    expect(text).not.toContain('macro ran');
  });

  it('with macros inside Word is never opened, whatever it is called', async () => {
    const asMacro = withChanged(entriesOf(await samples.docx()), {
      '[Content_Types].xml': (text) =>
        text.replace(
          'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
          'application/vnd.ms-word.document.macroEnabled.main+xml',
        ),
    });
    const outcome = await world.process('改名.docx', writeZip(asMacro));
    expect(outcome.file).toMatchObject({ state: 'ready', pages: null });
    expect(outcome.file.mediaType).toMatch(/macroenabled/i);
    await world.expectOnlyDownload(outcome.id);
  });

  it('in RTF, and in the Word of old', async () => {
    const rtf = `{\\rtf1\\ansi own words\\par{\\field{\\*\\fldinst INCLUDETEXT "${secret}"}}{\\field{\\*\\fldinst INCLUDEPICTURE "${door.address}/i.png" \\\\d}}{\\object\\objautlink\\objupdate{\\*\\objclass Word.Document.8}{\\*\\objdata 0105000002000000}}{\\*\\template ${door.address}/t.dotm}}`;
    await expectContained('文.rtf', Buffer.from(rtf), 'own words');
    const old = await samples.doc(world.folder);
    for (const cut of [600, old.length >> 1]) {
      const { file } = await world.process('断.doc', old.subarray(0, cut));
      expect(file.pages ?? 0).toBeLessThan(3);
    }
    // A chain of sectors that leads back to itself.
    const looped = Buffer.from(old);
    const fatAt = (looped.readUInt32LE(76) + 1) * 512;
    for (let sector = 0; sector < 128; sector++) looped.writeUInt32LE(looped.readUInt32LE(48), fatAt + 4 * sector);
    const { tookMs } = await world.process('圈.doc', looped);
    expect(tookMs).toBeLessThan(130_000);
  });

  it('by a picture that holds a picture inside', async () => {
    // LibreOffice draws SVG by itself.
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${xlink} width="100" height="100"><image width="50" height="50" xlink:href="${door.address}/svg.png"/><image width="50" height="50" xlink:href="file://${secret}"/></svg>`;
    const png = await sharp({ create: { width: 10, height: 10, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    const picture = `<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:100pt;height:100pt"><v:imagedata r:id="rSvg"/></v:shape></w:pict></w:r></w:p>`;
    const content = writeZip([
      ...withChanged(entriesOf(await samples.docx()), {
        'word/_rels/document.xml.rels': (text) =>
          text.replace(
            '</Relationships>',
            `<Relationship Id="rSvg" Type="${office}/relationships/image" Target="media/a.svg"/></Relationships>`,
          ),
        'word/document.xml': (text) => text.replace('<w:body>', `<w:body>${picture}`),
        '[Content_Types].xml': (text) =>
          text.replace('</Types>', '<Default Extension="svg" ContentType="image/svg+xml"/></Types>'),
      }),
      { name: 'word/media/a.svg', content: Buffer.from(svg) },
      { name: 'word/media/b.png', content: png },
    ]);
    await expectContained('图.docx', content, '几分之一');
  });
});
