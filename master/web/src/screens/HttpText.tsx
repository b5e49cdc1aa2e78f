import { isHidden } from '../logic/curl';

interface HttpTextProps {
  title: string;
  headers: [string, string][];
  body: string;
  truncated: boolean;
}

/** JSON in lines, if it is JSON and whole; everything else as it came. */
export function readable(body: string): string {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export function HttpText({ title, headers, body, truncated }: HttpTextProps) {
  return (
    <details class="http" open>
      <summary>{title} <span class="unit">{headers.length} headers{body === '' ? ', no body' : ''}</span></summary>
      <table class="headers">
        <tbody>
          {headers.map(([name, value], i) => (
            <tr key={i}>
              <th scope="row"><bdi>{name}</bdi></th>
              <td dir="auto">{isHidden(value) ? <span class="hidden-value" title="Hidden: it may be a secret">hidden</span> : value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {body !== '' && <pre class="body" dir="auto" tabIndex={0} aria-label={`${title}: body`}>{readable(body)}{truncated ? '\n… (the rest was not kept)' : ''}</pre>}
    </details>
  );
}
