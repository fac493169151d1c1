// Says that a reason is needed as soon as the chosen position, or the pressed button, needs one.
import { attach, on, one } from '../shared.js';

attach('vote-form', (form) => {
  const update = (button) => {
    const needed = !!(button?.matches('[data-needs-reason]') || one('[data-needs-reason]:checked', form));
    one('[data-reason]', form).required = needed;
    one('[data-reason-required]', form).hidden = !needed;
    one('[data-reason-optional]', form).hidden = needed;
  };
  on(form, 'change', () => update());
  on(form, 'click', ({ target }) => update(target.closest('button')));
  update();
});
