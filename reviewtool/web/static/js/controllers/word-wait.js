// The page of a Word file that is being read says how far it has come, and is opened anew when that has ended.
import { attach } from '../shared.js';

attach('word-wait', (line) => {
  async function ask() {
    try {
      const answer = await fetch(line.dataset.url);
      const said = answer.ok && !answer.redirected && (await answer.text());
      if (!said) return location.reload();
      if (said !== line.textContent) line.textContent = said;
    } catch { /* no connection: asked again */ }
    setTimeout(ask, 1500);
  }
  setTimeout(ask, 1500);
});
