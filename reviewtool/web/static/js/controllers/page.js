// What every page has: dialogs and their openers, menus that close, forms that are sent once.
export default function page(body) {
  for (const opener of body.querySelectorAll('[data-open]')) {
    opener.hidden = false;
    opener.onclick = () => document.getElementById(opener.dataset.open).showModal();
  }

  body.addEventListener('click', (event) => {
    for (const menu of body.querySelectorAll('.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  body.addEventListener('keydown', (event) => {
    const menu = event.key === 'Escape' && event.target.closest('.menu[open]');
    if (!menu) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });

  let sent = [];
  body.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method') !== 'post' || 'repeatable' in form.dataset) return;
    // Once the browser has collected the form: a disabled button is not part of it.
    setTimeout(() => {
      sent = [...form.elements].filter((field) => field.type === 'submit' && !field.disabled);
      for (const button of sent) button.disabled = true;
    });
  });
  addEventListener('pageshow', () => {
    for (const button of sent) button.disabled = false;
  });
  body.querySelector('.error-summary')?.focus();
}
